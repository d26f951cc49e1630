using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Smtp;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>Greylisting: who is let in at once, who comes again, who came again often enough.</summary>
public sealed class GreylistTests
{
    private const string On = """{ "greylist": { "enabled": true, "delay": "00:05:00", "window": "2.00:00:00", "knownAfter": 3 } }""";

    private static ValueTask<SmtpRefusal?> AskAsync(FilterFixture fixture, string address = Stranger, string sender = "a@example.org", FilterRecipient? to = null, SpfVerdict spf = SpfVerdict.None) =>
        fixture.Policy.CheckRecipientAsync(Peer(address), Address(sender), to ?? Moi, Spf(spf), default);

    [Fact]
    public async Task A_first_message_waits_and_its_retry_passes()
    {
        using var fixture = new FilterFixture(On);
        Assert.Equal("451 4.7.1 greylisted: we do not know your host yet; try again in 300 seconds", (await AskAsync(fixture))!.ToString());
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("451 4.7.1 greylisted: we do not know your host yet; try again in 180 seconds", (await AskAsync(fixture))!.ToString());
        fixture.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(await AskAsync(fixture, "93.184.216.99")); // a neighbour retries
        Assert.Null(await AskAsync(fixture));
        fixture.Time.Advance(TimeSpan.FromDays(30));
        Assert.Null(await AskAsync(fixture));
        fixture.Time.Advance(TimeSpan.FromDays(37));
        Assert.NotNull(await AskAsync(fixture));
    }

    [Fact]
    public async Task A_retry_after_the_window_is_a_first_attempt()
    {
        using var fixture = new FilterFixture(On);
        await AskAsync(fixture);
        fixture.Time.Advance(TimeSpan.FromDays(3));
        Assert.NotNull(await AskAsync(fixture));
    }

    [Fact]
    public async Task Correspondents_pass_at_once_unless_somebody_else_uses_their_address()
    {
        using var fixture = new FilterFixture(On);
        await fixture.Policy.Correspondents.NoteSentAsync(Moi.Account, ["a@Example.org"], default);
        Assert.Null(await AskAsync(fixture));
        Assert.NotNull(await AskAsync(fixture, spf: SpfVerdict.Fail));
        Assert.NotNull(await AskAsync(fixture, to: Ami));
    }

    [Fact]
    public async Task A_domain_that_passed_often_is_known_for_every_recipient()
    {
        using var fixture = new FilterFixture(On);
        var others = Enumerable.Range(10, 3).Select(i => new FilterRecipient($"u{i}@demo.test", new(i), new(1))).ToList();
        foreach (var to in others) Assert.NotNull(await AskAsync(fixture, to: to));
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        foreach (var to in others) Assert.Null(await AskAsync(fixture, to: to));
        Assert.Null(await AskAsync(fixture, to: Ami));
        Assert.NotNull(await AskAsync(fixture, to: Ami, sender: "a@other.example"));
        Assert.NotNull(await AskAsync(fixture, "94.0.0.1", to: Ami));
    }

    [Fact]
    public async Task Where_spf_passes_the_domain_counts_and_not_the_network()
    {
        using var fixture = new FilterFixture(On);
        Assert.NotNull(await AskAsync(fixture, spf: SpfVerdict.Pass));
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await AskAsync(fixture, "94.0.0.1", spf: SpfVerdict.Pass));
        Assert.NotNull(await AskAsync(fixture, "94.0.0.1", spf: SpfVerdict.None));
    }

    [Fact]
    public async Task Long_addresses_and_reports_without_sender_are_taken()
    {
        using var fixture = new FilterFixture(On);
        var sender = $"{new string('é', 32)}@{string.Join('.', Enumerable.Repeat(new string('x', 60), 4))}";
        Assert.NotNull(await AskAsync(fixture, sender: sender));
        Assert.NotNull(await AskAsync(fixture, sender: ""));
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await AskAsync(fixture, sender: sender));
        Assert.Null(await AskAsync(fixture, sender: ""));
    }

    [Fact]
    public async Task It_is_off_until_it_is_set()
    {
        using var fixture = new FilterFixture();
        Assert.Null(await AskAsync(fixture));
        Assert.Equal(0, fixture.State.Reads);
    }
}
