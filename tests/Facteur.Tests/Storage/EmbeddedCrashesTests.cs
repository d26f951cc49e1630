using System.Text;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded;
using Facteur.Storage.Embedded.Crashes;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Storage;

/// <summary>Crashes are counted when the store is opened; suspects are worked on one at a time.</summary>
[Trait("test", "R-12")]
[Trait("promise", "P10")]
public sealed class EmbeddedCrashesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-crashes-").FullName;
    private readonly FakeTime time = new();
    private MailStore store = null!;
    private AccountRecord account = null!;
    private Mailbox inbox = null!;

    public async ValueTask InitializeAsync()
    {
        await OpenAsync();
        var domain = await store.Directory.AddDomainAsync("demo.test", default);
        account = await store.Directory.AddAccountAsync(domain.Id, "a@demo.test", "A", default);
        inbox = (await store.FindMailboxAsync(account.Id, "INBOX", default))!;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(await store.CheckConsistencyAsync(default));
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_third_crash_puts_a_message_into_quarantine()
    {
        var (bad, good) = (await DeliverAsync("bad"), await DeliverAsync("good"));
        for (var crash = 1; crash <= CrashStore.Limit; crash++)
        {
            Assert.False(store.Crashes.IsQuarantined(RiskyWork.Index, bad));
            Assert.Empty(await store.Crashes.ListAsync(onlyUntold: false, default));
            time.Advance(TimeSpan.FromMinutes(1));
            await CrashAsync(new WorkItem(RiskyWork.Index, bad));
        }
        Assert.True(store.Crashes.IsQuarantined(RiskyWork.Index, bad));
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Script, bad));
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Index, good));
        var listed = Assert.Single(await store.Crashes.ListAsync(onlyUntold: true, default));
        Assert.Equal((RiskyWork.Index, bad, 3, account.Id, time.GetUtcNow()), (listed.Kind, listed.Id, listed.Crashes, listed.Account!.Value, listed.LastCrash));
        await store.Crashes.SetToldAsync(RiskyWork.Index, bad, default);
        Assert.Empty(await store.Crashes.ListAsync(onlyUntold: true, default));
        await ReopenAsync();
        Assert.Equal(bad, Assert.Single(await store.Crashes.ListAsync(onlyUntold: false, default)).Id);
        Assert.True(await store.Crashes.ForgetAsync(RiskyWork.Index, bad, default));
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Index, bad));
        Assert.False(await store.Crashes.ForgetAsync(RiskyWork.Index, bad, default));
        await ReopenAsync();
        Assert.Empty(await store.Crashes.ListAsync(onlyUntold: false, default));
    }

    [Fact]
    public async Task A_clean_stop_with_work_under_way_counts_nothing()
    {
        var email = await DeliverAsync("slow");
        for (var stop = 0; stop < 4; stop++)
        {
            var turn = await store.Crashes.TurnAsync(new WorkItem(RiskyWork.Index, email), default);
            _ = turn.Mark();
            await ReopenAsync();
        }
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Index, email));
    }

    [Fact]
    public async Task What_came_through_begins_anew_and_what_was_broken_off_does_not()
    {
        var email = await DeliverAsync("innocent");
        var item = new WorkItem(RiskyWork.Index, email);
        await CrashAsync(item);
        await CrashAsync(item);
        await WorkAsync(item);
        await CrashAsync(item);
        await CrashAsync(item);
        using (var stop = new CancellationTokenSource())
        {
            await using var turn = await store.Crashes.TurnAsync(item, stop.Token);
            using var mark = turn.Mark();
            await stop.CancelAsync();
        }
        await using (await store.Crashes.TurnAsync(item, default))
        {
            // Nothing risky was begun.
        }
        await CrashAsync(item);
        Assert.True(store.Crashes.IsQuarantined(RiskyWork.Index, email));
    }

    [Fact]
    public async Task A_piece_that_came_through_does_not_speak_for_the_others()
    {
        var email = await DeliverAsync("many pieces");
        var (first, second) = (new WorkItem(RiskyWork.Script, email, 1), new WorkItem(RiskyWork.Script, email, 2));
        for (var crash = 1; crash <= CrashStore.Limit; crash++)
        {
            Assert.False(store.Crashes.IsQuarantined(RiskyWork.Script, email));
            await WorkAsync(first);
            await CrashAsync(second);
        }
        Assert.True(store.Crashes.IsQuarantined(RiskyWork.Script, email));
    }

    [Fact]
    public async Task A_message_that_is_bad_in_every_piece_is_known_after_three_crashes()
    {
        var email = await DeliverAsync("bad everywhere");
        await CrashAsync([.. Enumerable.Range(1, 20).Select(part => new WorkItem(RiskyWork.Script, email, part))]);
        await CrashAsync(new WorkItem(RiskyWork.Script, email, 7));
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Script, email));
        await CrashAsync(new WorkItem(RiskyWork.Script, email, 3));
        Assert.True(store.Crashes.IsQuarantined(RiskyWork.Script, email));
    }

    [Fact]
    public async Task Suspects_are_worked_on_one_at_a_time_and_others_wait_for_nobody()
    {
        var (a, b, other) = (Item(await DeliverAsync("a")), Item(await DeliverAsync("b")), Item(await DeliverAsync("other")));
        await CrashAsync(a, b);
        var first = await store.Crashes.TurnAsync(a, default);
        var second = store.Crashes.TurnAsync(b, default).AsTask();
        await WorkAsync(other);
        Assert.False(second.IsCompleted);
        using (first.Mark()) Assert.Equal([a], CrashLedger.Read(Ledger));
        await first.DisposeAsync();
        await using (var turn = await second.WaitAsync(TimeSpan.FromMinutes(2)))
        using (turn.Mark())
            Assert.Equal([b], CrashLedger.Read(Ledger));
        // Both came through: they are suspects no more.
        await using var again = await store.Crashes.TurnAsync(a, default);
        await using var together = await store.Crashes.TurnAsync(b, default).AsTask().WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_suspect_that_takes_long_lets_the_next_one_begin()
    {
        var (a, b) = (Item(await DeliverAsync("a")), Item(await DeliverAsync("b")));
        await CrashAsync(a, b);
        await using var slow = await store.Crashes.TurnAsync(a, default);
        var second = store.Crashes.TurnAsync(b, default).AsTask();
        time.Advance(EmbeddedCrashes.LongestTurn - TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await using var next = await second.WaitAsync(TimeSpan.FromMinutes(2));
        await slow.DisposeAsync();
        using var stop = new CancellationTokenSource();
        var third = store.Crashes.TurnAsync(a, stop.Token).AsTask();
        Assert.False(third.IsCompleted); // its turn went on once, not twice
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
    }

    [Fact]
    public async Task What_is_gone_is_forgotten_at_the_next_crash()
    {
        var email = await DeliverAsync("goes");
        for (var crash = 0; crash < 3; crash++) await CrashAsync(new WorkItem(RiskyWork.Index, email), new WorkItem(RiskyWork.Queue, 12345));
        Assert.Equal(RiskyWork.Index, Assert.Single(await store.Crashes.ListAsync(onlyUntold: false, default)).Kind);
    }

    [Fact]
    public async Task An_email_in_quarantine_is_read_but_not_found_by_its_text_and_keeps_no_other_from_being_found()
    {
        var bad = await DeliverAsync("venin");
        var good = await DeliverAsync("venin");
        for (var crash = 0; crash < 3; crash++) await CrashAsync(Item(bad));
        var found = await store.SearchTextAsync(inbox.Id, "venin", withHeaders: false, default);
        Assert.Equal([new Uid(2)], found);
        Assert.Equal([new Uid(1), new Uid(2)], await store.SearchTextAsync(inbox.Id, "lettre", withHeaders: true, default));
        Assert.Equal(2, (await store.ReadMailboxAsync(account.Id)).Count(text => text.Contains("venin", StringComparison.Ordinal)));
        Assert.NotEqual(bad, good);
    }

    [Fact]
    public async Task An_email_is_named_while_its_text_is_read()
    {
        var email = await DeliverAsync("named");
        await CrashAsync(Item(email));
        // A suspect whose text is read comes through, which shows that the index marks it.
        await store.SearchTextAsync(inbox.Id, "named", withHeaders: false, default);
        await CrashAsync(Item(email));
        await CrashAsync(Item(email));
        Assert.False(store.Crashes.IsQuarantined(RiskyWork.Index, email));
    }

    private string Ledger => Path.Combine(folder, "at-work");

    private static WorkItem Item(long email) => new(RiskyWork.Index, email);

    private async Task WorkAsync(WorkItem item)
    {
        await using var turn = await store.Crashes.TurnAsync(item, default).AsTask().WaitAsync(TimeSpan.FromMinutes(2));
        using var mark = turn.Mark();
    }

    private async Task<long> DeliverAsync(string word)
    {
        var octets = Encoding.UTF8.GetBytes($"Subject: lettre\r\n\r\n{word}\r\n");
        await using var intake = store.BeginMessage(octets.Length);
        await intake.WriteAsync(octets, default);
        await intake.CompleteAsync(default);
        var receipt = await store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, time.GetUtcNow())])], default);
        return receipt.Entries[0].Email.Value;
    }

    /// <summary>The process ends in the middle of this work, and starts again.</summary>
    private async Task CrashAsync(params WorkItem[] items)
    {
        await store.DisposeAsync();
        var ledger = CrashLedger.Open(Ledger);
        foreach (var item in items) ledger.Enter(item);
        var left = await File.ReadAllBytesAsync(Ledger);
        ledger.Dispose();
        await File.WriteAllBytesAsync(Ledger, left);
        await OpenAsync();
    }

    private async Task ReopenAsync()
    {
        await store.DisposeAsync();
        await OpenAsync();
    }

    private async Task OpenAsync() =>
        store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 1024 * 1024 }, time, NullLogger<EmbeddedStore>.Instance, default);
}
