using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Jmap;

/// <summary>What became of what was sent (RFC 8621 §7.1 to §7.4).</summary>
public sealed class SubmissionReadTests
{
    private const string Message = "From: ada@example.com\nTo: jane@example.org, carl@example.net\nMessage-ID: <m1@example.com>\n\nx\n";

    private static string[] Ids(JsonElement answer, string name) => [.. answer.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];

    private static async Task<string> IdAsync(JmapHarness jmap, string message = Message) => (await jmap.SendAsync(await jmap.DraftAsync(message))).GetProperty("id").GetString()!;

    private static async Task AttemptAsync(JmapHarness jmap, string destination, QueueState state, string answer, int code, string enhanced)
    {
        var now = jmap.Time.GetUtcNow();
        var lease = (await jmap.Store.Queue.LeaseAsync(destination, now, now + TimeSpan.FromMinutes(1), 10, default))!;
        await jmap.Store.Queue.RecordAsync(
            lease, [.. lease.Recipients.Select(one => new AttemptResult(one.Id, state, now + TimeSpan.FromMinutes(5), QueueReport.None, now, TimeSpan.Zero, code == 0 ? "" : "mx." + destination, answer, code, enhanced, ""))], [], default);
    }

    private static JsonElement Status(JsonElement submission, string address) => submission.GetProperty("deliveryStatus").GetProperty(address);

    private static (string? Delivered, string? Reply) Of(JsonElement status) => (status.GetProperty("delivered").GetString(), status.GetProperty("smtpReply").GetString());

    [Fact]
    public async Task The_status_of_each_recipient_follows_the_queue()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.AddAsync("bob@example.com");
        await jmap.Accounts.AddAliasAsync("team@example.com", ["bob@example.com", "extern@example.org"], null, default);
        var id = await IdAsync(jmap, "From: ada@example.com\nTo: jane@example.org, carl@example.net, bob@example.com, team@example.com\n\nx\n");
        var before = await jmap.SubmissionAsync(id);
        Assert.Equal(("queued", "250 2.0.0 waiting to be sent"), Of(Status(before, "jane@example.org")));
        Assert.Equal(("yes", "250 2.1.5 delivered to the mailbox"), Of(Status(before, "bob@example.com")));
        Assert.Equal("unknown", Of(Status(before, "team@example.com")).Delivered);
        Assert.Equal("unknown", Status(before, "bob@example.com").GetProperty("displayed").GetString());
        await AttemptAsync(jmap, "example.org", QueueState.Delivered, "250 2.0.0 taken", 250, "2.0.0");
        await AttemptAsync(jmap, "example.net", QueueState.Waiting, "no host answers", 0, "4.4.1");
        var after = await jmap.SubmissionAsync(id);
        Assert.Equal(("unknown", "250 2.0.0 taken"), Of(Status(after, "jane@example.org")));
        Assert.Equal(("queued", "450 4.4.1 no host answers"), Of(Status(after, "carl@example.net")));
        jmap.Time.Advance(TimeSpan.FromMinutes(5));
        await AttemptAsync(jmap, "example.net", QueueState.Failed, "550 5.1.1 no such user", 550, "5.1.1");
        Assert.Equal(("no", "550 5.1.1 no such user"), Of(Status(await jmap.SubmissionAsync(id), "carl@example.net")));
    }

    [Fact]
    public async Task Reports_that_come_in_settle_it_and_are_named()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var id = await IdAsync(jmap);
        await AttemptAsync(jmap, "example.org", QueueState.Delivered, "250 2.0.0 taken", 250, "2.0.0");
        await AttemptAsync(jmap, "example.net", QueueState.Delivered, "250 ok", 250, "");
        var queue = await jmap.QueueAsync(id);
        async Task<string> ReportAsync(string recipient, string action, string status, string answer)
        {
            await using var intake = jmap.Store.BeginMessage(null);
            await intake.WriteAsync("From: mailer-daemon@example.org\r\n\r\n"u8.ToArray(), default);
            await intake.CompleteAsync(default);
            var row = new TraceEvent(jmap.Time.GetUtcNow(), TraceKind.ReportReceived, jmap.Ada.Id, "", "m1@example.com", "", recipient, [new("action", action), new("status", status), new("answer", answer)]) { Queue = queue };
            var target = new DeliveryTarget((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id, FlagSet.Empty, jmap.Time.GetUtcNow());
            var receipt = await jmap.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [target]) { Trace = [row] }], default);
            return Facteur.Jmap.JmapBlobId.Of(receipt.Entries[0].Email).ToString();
        }

        var first = await ReportAsync("jane@example.org", "failed", "5.2.2", "mailbox full");
        var second = await ReportAsync("carl@example.net", "delivered", "2.1.5", "");
        var third = await ReportAsync("carl@example.net", "relayed", "2.0.0", "");
        var fourth = await ReportAsync("carl@example.net", "displayed", "", "");
        var got = await jmap.SubmissionAsync(id);
        Assert.Equal(("no", "550 5.2.2 mailbox full"), Of(Status(got, "jane@example.org")));
        Assert.Equal(("yes", "250 2.1.5 delivered"), Of(Status(got, "carl@example.net")));
        Assert.Equal(["unknown", "yes"], new[] { "jane@example.org", "carl@example.net" }.Select(address => Status(got, address).GetProperty("displayed").GetString()));
        Assert.Equal([first, second, third], Ids(got, "dsnBlobIds"));
        Assert.Equal([fourth], Ids(got, "mdnBlobIds"));
    }

    [Fact]
    public async Task Changes_are_told_in_parts_of_any_size()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var start = (await jmap.CallAsync("EmailSubmission/get", """{"ids": []}""")).GetProperty("state").GetString()!;
        var (a, b) = (await IdAsync(jmap), await IdAsync(jmap));
        var middle = (await jmap.CallAsync("EmailSubmission/get", """{"ids": []}""")).GetProperty("state").GetString()!;
        var c = await IdAsync(jmap, "From: ada@example.com\nTo: x@elsewhere.example\n\nx\n");
        await AttemptAsync(jmap, "elsewhere.example", QueueState.Delivered, "250 ok", 250, "");
        await jmap.CallAsync("EmailSubmission/set", $$"""{"destroy": ["{{a}}"]}""");
        var changes = await jmap.CallAsync("EmailSubmission/changes", $$"""{"sinceState": "{{middle}}"}""");
        Assert.Equal(([c], [], [a], false), (Ids(changes, "created"), Ids(changes, "updated"), Ids(changes, "destroyed"), changes.GetProperty("hasMoreChanges").GetBoolean()), TupleOfLists.Instance);

        var (known, state) = (new HashSet<string>(), start);
        for (var more = true; more;)
        {
            var part = await jmap.CallAsync("EmailSubmission/changes", $$"""{"sinceState": "{{state}}", "maxChanges": 1}""");
            known.UnionWith(Ids(part, "created"));
            known.ExceptWith(Ids(part, "destroyed"));
            (more, state) = (part.GetProperty("hasMoreChanges").GetBoolean(), part.GetProperty("newState").GetString()!);
        }
        Assert.Equal(new[] { b, c }.Order(), known.Order());
        Assert.Equal((await jmap.CallAsync("EmailSubmission/get", """{"ids": []}""")).GetProperty("state").GetString(), state);
        await jmap.CallAsync("EmailSubmission/changes", """{"sinceState": "9999"}""", error: "cannotCalculateChanges");
        await jmap.CallAsync("EmailSubmission/changes", """{"sinceState": "x"}""", error: "cannotCalculateChanges");
        await jmap.CallAsync("EmailSubmission/changes", $$"""{"sinceState": "{{state}}", "maxChanges": 0}""", error: "invalidArguments");
    }

    [Fact]
    public async Task A_query_filters_sorts_and_cuts()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var first = await jmap.DraftAsync(Message);
        var second = await jmap.DraftAsync(Message);
        string[] ids = new string[3];
        ids[0] = (await jmap.SendAsync(second)).GetProperty("id").GetString()!;
        jmap.Time.Advance(TimeSpan.FromHours(1));
        ids[1] = (await jmap.SendAsync(first)).GetProperty("id").GetString()!;
        jmap.Time.Advance(TimeSpan.FromHours(1));
        ids[2] = (await jmap.SendAsync(second)).GetProperty("id").GetString()!;
        await jmap.CallAsync("EmailSubmission/set", $$"""{"update": {"{{ids[1]}}": {"undoStatus": "canceled"} } }""");
        async Task ExpectAsync(string arguments, params string[] expected) =>
            Assert.Equal(expected, Ids(await jmap.CallAsync("EmailSubmission/query", arguments), "ids"));

        await ExpectAsync("{}", ids);
        await ExpectAsync("""{"sort": [{"property": "sentAt", "isAscending": false}]}""", ids[2], ids[1], ids[0]);
        await ExpectAsync("""{"sort": [{"property": "emailId"}, {"property": "sentAt", "isAscending": false}]}""", ids[1], ids[2], ids[0]);
        await ExpectAsync($$$"""{"filter": {"emailIds": ["{{{first}}}"]} }""", ids[1]);
        await ExpectAsync("""{"filter": {"identityIds": ["i1"]}}""");
        await ExpectAsync("""{"filter": {"undoStatus": "canceled"}}""", ids[1]);
        await ExpectAsync("""{"filter": {"operator": "NOT", "conditions": [{"undoStatus": "canceled"}]}, "limit": 1}""", ids[0]);
        await ExpectAsync("""{"filter": {"after": "2026-03-14T10:26:53Z", "before": "2026-03-14T11:26:53Z"}}""", ids[1]);
        await ExpectAsync($$"""{"anchor": "{{ids[2]}}", "anchorOffset": -1, "limit": 1}""", ids[1]);
        await jmap.CallAsync("EmailSubmission/query", """{"filter": {"color": "red"}}""", error: "unsupportedFilter");
        await jmap.CallAsync("EmailSubmission/query", """{"sort": [{"property": "color"}]}""", error: "unsupportedSort");
        Assert.Equal(3, (await jmap.CallAsync("EmailSubmission/query", """{"calculateTotal": true, "limit": 0}""")).GetProperty("total").GetInt32());
    }

    // Whatever happened, splicing the changes into the old result makes the new one (RFC 8620 §5.6).
    [Fact]
    public async Task Changes_of_a_query_lead_from_any_result_to_the_present_one()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var random = new Random(4);
        var sent = new List<string>();
        string[] questions = ["{}", """{"filter": {"undoStatus": "pending"}}""", """{"sort": [{"property": "sentAt", "isAscending": false}]}"""];
        var old = new List<(string Question, string State, List<string> Result)>();
        for (var step = 0; step < 25; step++)
        {
            foreach (var question in questions)
            {
                var answer = await jmap.CallAsync("EmailSubmission/query", question);
                old.Add((question, answer.GetProperty("queryState").GetString()!, [.. Ids(answer, "ids")]));
            }
            jmap.Time.Advance(TimeSpan.FromSeconds(1));
            var which = sent.Count == 0 ? 0 : random.Next(3);
            if (which == 0) sent.Add(await IdAsync(jmap));
            else if (which == 1) await jmap.CallAsync("EmailSubmission/set", $$"""{"update": {"{{sent[random.Next(sent.Count)]}}": {"undoStatus": "canceled"} } }""");
            else await jmap.CallAsync("EmailSubmission/set", $$"""{"destroy": ["{{sent[random.Next(sent.Count)]}}"]}""");
        }
        foreach (var (question, state, result) in old)
        {
            var separator = question == "{}" ? "" : ",";
            var changes = await jmap.CallAsync("EmailSubmission/queryChanges", $$"""{"sinceQueryState": "{{state}}" {{separator}} {{question[1..]}}""");
            foreach (var removed in Ids(changes, "removed")) result.Remove(removed);
            foreach (var added in changes.GetProperty("added").EnumerateArray()) result.Insert(added.GetProperty("index").GetInt32(), added.GetProperty("id").GetString()!);
            Assert.Equal(Ids(await jmap.CallAsync("EmailSubmission/query", question), "ids"), result);
        }
    }

    [Fact]
    public async Task What_waits_can_be_taken_back_and_what_left_cannot()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var id = await IdAsync(jmap);
        Assert.Equal("pending", (await jmap.SubmissionAsync(id)).GetProperty("undoStatus").GetString());
        var undone = await jmap.CallAsync("EmailSubmission/set", $$"""{"update": {"{{id}}": {"undoStatus": "canceled"} } }""");
        Assert.Equal($$"""{"{{id}}":null}""", undone.GetProperty("updated").GetRawText());
        var got = await jmap.SubmissionAsync(id);
        Assert.Equal("canceled", got.GetProperty("undoStatus").GetString());
        Assert.Equal("no", Of(Status(got, "jane@example.org")).Delivered);
        Assert.Empty(await jmap.Store.Queue.DueAsync(jmap.Time.GetUtcNow(), 10, default));

        var left = await IdAsync(jmap);
        await AttemptAsync(jmap, "example.org", QueueState.Delivered, "250 ok", 250, "");
        Assert.Equal("final", (await jmap.SubmissionAsync(left)).GetProperty("undoStatus").GetString());
        async Task<string> RefusedAsync(string patch) =>
            (await jmap.CallAsync("EmailSubmission/set", $$$"""{"update": {"{{{left}}}": {{{patch}}} } }""")).GetProperty("notUpdated").GetProperty(left).GetProperty("type").GetString()!;

        Assert.Equal("cannotUnsend", await RefusedAsync("""{"undoStatus": "canceled"}"""));
        Assert.Equal("invalidProperties", await RefusedAsync("""{"undoStatus": "pending"}"""));
        Assert.Equal("invalidProperties", await RefusedAsync("""{"emailId": "e1"}"""));
        Assert.Equal("waiting", Assert.Single(await jmap.Store.Queue.DueAsync(jmap.Time.GetUtcNow(), 10, default)) is { Destination: "example.net" } ? "waiting" : "gone");
    }

    private sealed class TupleOfLists : IEqualityComparer<(string[] Created, string[] Updated, string[] Destroyed, bool More)>
    {
        public static readonly TupleOfLists Instance = new();

        public bool Equals((string[] Created, string[] Updated, string[] Destroyed, bool More) x, (string[] Created, string[] Updated, string[] Destroyed, bool More) y) =>
            x.Created.SequenceEqual(y.Created) && x.Updated.SequenceEqual(y.Updated) && x.Destroyed.SequenceEqual(y.Destroyed) && x.More == y.More;

        public int GetHashCode((string[] Created, string[] Updated, string[] Destroyed, bool More) obj) => obj.Created.Length;
    }
}
