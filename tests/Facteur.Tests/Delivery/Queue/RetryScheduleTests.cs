using Facteur.Delivery.Queue;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>When a recipient is tried again and when it is given up; clocks that jump .</summary>
[Trait("Promise", "P6")]
public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    private static readonly RetrySchedule Schedule = new() { Jitter = 0 };

    [Fact]
    public void Intervals_grow_and_the_last_goes_on()
    {
        var waits = Enumerable.Range(1, 9).Select(attempts => Schedule.Next(Start, attempts) - Start);
        Assert.Equal([1, 5, 15, 30, 60, 120, 240, 240, 240], waits.Select(wait => wait.TotalMinutes));
    }

    [Fact]
    public void Jitter_stays_within_its_share()
    {
        var schedule = new RetrySchedule { Jitter = 0.1 };
        for (var i = 0; i < 200; i++) Assert.InRange((schedule.Next(Start, 3) - Start).TotalMinutes, 13.5, 16.5);
    }

    [Fact]
    public void A_message_is_given_up_after_five_days_and_a_report_after_two()
    {
        Assert.InRange(Run(Message()).Age.TotalDays, 5, 5.2);
        Assert.InRange(Run(Message() with { Sender = "" }).Age.TotalDays, 2, 2.2);
    }

    [Fact]
    public void The_age_of_what_is_sent_later_begins_when_it_is_due()
    {
        var later = Message() with { NotBefore = Start.AddDays(30) };
        Assert.False(Schedule.IsExhausted(later, 100, Start.AddDays(34)));
        Assert.True(Schedule.IsExhausted(later, 100, Start.AddDays(35)));
    }

    [Fact]
    public void An_end_of_its_own_comes_first()
    {
        var message = Message() with { Expires = Start.AddHours(1) };
        Assert.InRange(Run(message).Age.TotalHours, 1, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3650)]
    public void A_clock_set_ahead_gives_nothing_up(int days)
    {
        for (var attempts = 1; attempts < Schedule.AttemptsIn(Schedule.GiveUp); attempts++)
            Assert.False(Schedule.IsExhausted(Message(), attempts, Start.AddDays(days + 4)));
    }

    [Fact]
    public void A_clock_set_back_after_the_message_came_ends_by_the_attempts()
    {
        var message = Message() with { Created = Start.AddDays(3650) };
        var needed = Schedule.AttemptsIn(Schedule.GiveUp);
        Assert.False(Schedule.IsExhausted(message, needed, Start));
        Assert.True(Schedule.IsExhausted(message, needed * 2, Start));
    }

    [Fact]
    public void The_warning_comes_after_four_hours_and_takes_the_attempts_of_four_hours()
    {
        Assert.False(Schedule.IsDelayed(Message(), 6, Start.AddHours(3)));
        Assert.True(Schedule.IsDelayed(Message(), 7, Start.AddHours(4)));
        Assert.False(Schedule.IsDelayed(Message(), 1, Start.AddDays(1)));
        Assert.False((Schedule with { DelayWarning = TimeSpan.Zero }).IsDelayed(Message(), 100, Start.AddDays(4)));
    }

    private static QueueMessage Message() => new() { Transaction = "t-1", Sender = "moi@demo.test", Created = Start };

    /// <summary>Tries until it is given up, with a right clock.</summary>
    private static (int Attempts, TimeSpan Age) Run(QueueMessage message)
    {
        var now = Start;
        for (var attempts = 1; ; attempts++)
        {
            if (Schedule.IsExhausted(message, attempts, now)) return (attempts, now - Start);
            now = Schedule.Next(now, attempts);
        }
    }
}
