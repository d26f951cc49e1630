using System.Text.Json;
using Facteur.Delivery.Snoozing;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Emails that come back at a time: docs/jmap.md, https://facteur.email/jmap/snooze.</summary>
public sealed class SnoozeTests : IAsyncLifetime
{
    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private async Task<string> DeliverAsync(string subject, string mailbox = "INBOX", FlagSet? flags = null)
    {
        jmap.Time.Advance(TimeSpan.FromMinutes(1));
        return JmapIds.Of(await jmap.DeliverAsync($"From: Bob <bob@example.net>\nSubject: {subject}\nMessage-ID: <{subject}@example.net>\n\nText\n", mailbox, flags));
    }

    private string In(TimeSpan time) => jmap.Time.GetUtcNow().Add(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private Task<JsonElement> UpdateAsync(string id, string patch) => jmap.CallAsync("Email/set", $$$"""{"update": {"{{{id}}}": {{{patch}}}}}""");

    private async Task<string> SnoozeAsync(string id, TimeSpan time)
    {
        var until = In(time);
        var answer = await UpdateAsync(id, $$"""{"snoozedUntil": "{{until}}"}""");
        Assert.True(answer.GetProperty("updated").ValueKind == JsonValueKind.Object, answer.ToString());
        return until;
    }

    private async Task<string[]> PlacesAsync(string id)
    {
        var mailboxes = (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).ToDictionary(one => JmapIds.Of(one.Id), one => one.Name);
        return [.. (await jmap.EmailAsync(id, "[\"mailboxIds\"]")).GetProperty("mailboxIds").Names().Select(one => mailboxes[one]).Order(StringComparer.Ordinal)];
    }

    private async Task<string[]> QueryAsync(string filter, string sort = "listedAt", bool ascends = false) =>
        [.. (await jmap.CallAsync("Email/query", $$"""{"filter": {{filter}}, "sort": [{"property": "{{sort}}", "isAscending": {{(ascends ? "true" : "false")}}}]}""")).GetProperty("ids").EnumerateArray().Select(one => one.GetString()!)];

    private SnoozeRunner Runner() => new(jmap.Store, jmap.Time);

    [Fact]
    public async Task An_email_goes_and_comes_back_unread_on_top()
    {
        var (a, b) = (await DeliverAsync("a", flags: new FlagSet(MessageFlags.Seen, [])), await DeliverAsync("b"));
        var until = await SnoozeAsync(a, TimeSpan.FromHours(2));
        Assert.Equal(["Snoozed"], await PlacesAsync(a));
        var inbox = await jmap.MailboxAsync("INBOX");
        Assert.Equal([b], await QueryAsync($$"""{"inMailbox": "{{inbox}}"}"""));
        Assert.Equal([a], await QueryAsync("""{"isSnoozed": true}"""));
        Assert.Equal([b], await QueryAsync("""{"isSnoozed": false}"""));
        var email = await jmap.EmailAsync(a, """["snoozedUntil", "returnedAt", "subject"]""");
        Assert.Equal((until, JsonValueKind.Null), (email.GetProperty("snoozedUntil").GetString(), email.GetProperty("returnedAt").ValueKind));
        var mailbox = Assert.Single((await jmap.CallAsync("Mailbox/get", "{}")).GetProperty("list").EnumerateArray(), one => one.GetProperty("role").GetString() == "snoozed");
        Assert.Equal(("Snoozed", 1), (mailbox.GetProperty("name").GetString(), mailbox.GetProperty("totalEmails").GetInt32()));
        Assert.Equal(0, await Runner().WakeDueAsync(default));

        var state = await jmap.StateAsync();
        jmap.Time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(1, await Runner().WakeDueAsync(default));
        Assert.Equal(0, await Runner().WakeDueAsync(default));
        Assert.Equal(["INBOX"], await PlacesAsync(a));
        Assert.Equal([a, b], await QueryAsync($$"""{"inMailbox": "{{inbox}}"}"""));
        Assert.Equal([b, a], await QueryAsync($$"""{"inMailbox": "{{inbox}}"}""", "receivedAt"));
        email = await jmap.EmailAsync(a, """["snoozedUntil", "returnedAt", "keywords", "receivedAt"]""");
        Assert.Equal((JsonValueKind.Null, jmap.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null)), (email.GetProperty("snoozedUntil").ValueKind, email.GetProperty("returnedAt").GetString()));
        Assert.Empty(email.GetProperty("keywords").EnumerateObject());
        Assert.Contains(a, (await jmap.CallAsync("Email/changes", $$"""{"sinceState": "{{state}}"}""")).GetProperty("updated").Strings());
    }

    [Fact]
    public async Task It_is_taken_back_and_its_move_undone()
    {
        var a = await DeliverAsync("a", "Archive");
        await SnoozeAsync(a, TimeSpan.FromHours(2));
        await UpdateAsync(a, """{"snoozedUntil": null}""");
        Assert.Equal(["INBOX"], await PlacesAsync(a));
        await SnoozeAsync(a, TimeSpan.FromHours(2));
        // As undo does: where it was.
        await UpdateAsync(a, $$$"""{"snoozedUntil": null, "mailboxIds": {"{{{await jmap.MailboxAsync("Archive")}}}": true}}""");
        Assert.Equal(["Archive"], await PlacesAsync(a));
        jmap.Time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, await Runner().WakeDueAsync(default));
        Assert.Equal(["Archive"], await PlacesAsync(a));
    }

    [Fact]
    public async Task The_nearest_stands_first_where_they_wait()
    {
        var (a, b, c) = (await DeliverAsync("a"), await DeliverAsync("b"), await DeliverAsync("c"));
        await SnoozeAsync(a, TimeSpan.FromHours(3));
        await SnoozeAsync(b, TimeSpan.FromHours(1));
        Assert.Equal([b, a, c], await QueryAsync("null", "snoozedUntil", ascends: true));
        var since = (await jmap.CallAsync("Email/query", """{"filter": {"isSnoozed": true}, "sort": [{"property": "snoozedUntil"}]}""")).GetProperty("queryState").GetString();
        await SnoozeAsync(a, TimeSpan.FromMinutes(10));
        var change = await jmap.CallAsync("Email/queryChanges", $$"""{"filter": {"isSnoozed": true}, "sort": [{"property": "snoozedUntil"}], "sinceQueryState": "{{since}}"}""");
        Assert.Equal(a, Assert.Single(change.GetProperty("added").EnumerateArray(), one => one.GetProperty("index").GetInt32() == 0).GetProperty("id").GetString());
        Assert.Equal([a, b], await QueryAsync("""{"isSnoozed": true}""", "snoozedUntil", ascends: true));
    }

    [Theory]
    [InlineData("""{"snoozedUntil": "2020-01-01T00:00:00Z"}""", "snoozedUntil")]
    [InlineData("""{"snoozedUntil": "2999-01-01T00:00:00Z"}""", "snoozedUntil")]
    [InlineData("""{"snoozedUntil": "tomorrow"}""", "snoozedUntil")]
    [InlineData("""{"snoozedUntil": 5}""", "snoozedUntil")]
    [InlineData("""{"snoozedUntil/x": null}""", "snoozedUntil/x")]
    [InlineData("""{"returnedAt": "2026-03-15T00:00:00Z"}""", "returnedAt")]
    [InlineData("""{"snoozedUntil": "2026-04-01T00:00:00Z", "mailboxIds/m1": null}""", "mailboxIds")]
    public async Task What_makes_no_sense_is_refused(string patch, string property)
    {
        var a = await DeliverAsync("a");
        var error = (await UpdateAsync(a, patch)).GetProperty("notUpdated").GetProperty(a);
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Contains(property, error.GetProperty("properties").Strings());
        Assert.Equal(["INBOX"], await PlacesAsync(a));
    }

    [Fact]
    public async Task Who_does_not_use_the_capability_sees_nothing_of_it()
    {
        var a = await DeliverAsync("a");
        await SnoozeAsync(a, TimeSpan.FromHours(1));
        foreach (var call in (string[])
            [
                $$$"""["Email/get", {"accountId": "{{{jmap.AccountId}}}", "ids": [], "properties": ["snoozedUntil"]}, "c"]""",
                $$$"""["Email/query", {"accountId": "{{{jmap.AccountId}}}", "filter": {"isSnoozed": true}}, "c"]""",
                $$$"""["Email/query", {"accountId": "{{{jmap.AccountId}}}", "sort": [{"property": "listedAt"}]}, "c"]""",
            ])
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            await jmap.Processor.RunAsync(JmapHarness.UserOf(jmap.Ada), System.Text.Encoding.UTF8.GetBytes($$"""{"using": ["urn:ietf:params:jmap:mail"], "methodCalls": [{{call}}]}"""), output, default);
            Assert.Equal("error", JsonDocument.Parse(output.WrittenMemory).RootElement.GetProperty("methodResponses")[0][0].GetString());
        }
    }

    /// <summary>The server ends at any moment: what was due comes back once, at its next start.</summary>
    [Fact]
    public async Task It_comes_back_once_whenever_the_server_ends()
    {
        var a = await DeliverAsync("a");
        await SnoozeAsync(a, TimeSpan.FromHours(1));
        jmap.Time.Advance(TimeSpan.FromHours(2));
        // It ended after it had looked what is due: nothing was done yet.
        Assert.Single(await jmap.Store.Snoozes.DueAsync(jmap.Time.GetUtcNow(), 10, default));
        var runner = Runner();
        await ActAsync(() => _ = runner.StartAsync(default), async () => (await PlacesAsync(a)).SequenceEqual(["INBOX"]));
        await runner.StopAsync(default);
        var woken = await jmap.StateAsync();
        // It ended after the commit: another start finds nothing to do.
        var next = Runner();
        await next.StartAsync(default);
        await next.StopAsync(default);
        Assert.Equal(woken, await jmap.StateAsync());
    }

    [Fact]
    public async Task One_timer_waits_for_the_next_of_all()
    {
        var runner = Runner();
        await runner.StartAsync(default);
        var (a, b) = (await DeliverAsync("a"), await DeliverAsync("b"));
        await SnoozeAsync(a, TimeSpan.FromMinutes(40));
        await SnoozeAsync(b, TimeSpan.FromMinutes(5));
        await ActAsync(() => jmap.Time.Advance(TimeSpan.FromMinutes(10)), async () => (await QueryAsync("""{"isSnoozed": true}""")).SequenceEqual([a]));
        Assert.Equal(["INBOX"], await PlacesAsync(b));
        // The clock of the machine is set forward: it is seen, late at most by the longest wait.
        jmap.Time.Set(TimeSpan.FromHours(1));
        await ActAsync(() => jmap.Time.Advance(TimeSpan.FromMinutes(15)), async () => (await QueryAsync("""{"isSnoozed": true}""")).Length == 0);
        await runner.StopAsync(default);
    }

    /// <summary>Does something, and waits for what it leads to.</summary>
    private async Task ActAsync(Action act, Func<Task<bool>> isDone)
    {
        var changes = System.Threading.Channels.Channel.CreateUnbounded<AccountChange>();
        void Note(AccountChange change) => changes.Writer.TryWrite(change);
        jmap.Store.AccountChanged += Note;
        act();
        var began = TimeProvider.System.GetTimestamp();
        while (!await isDone())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "it does not happen");
            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                await changes.Reader.ReadAsync(moment.Token);
            }
            catch (OperationCanceledException)
            {
                // Who looks at the clock may have looked just before it was moved, and waits from there.
                jmap.Time.Advance(TimeSpan.FromMinutes(1));
            }
        }
        jmap.Store.AccountChanged -= Note;
    }
}
