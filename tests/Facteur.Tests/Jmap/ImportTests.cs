using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Email/import and Email/copy (RFC 8621 §4.7, §4.8).</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const string Message = "Received: from a by b; Mon, 2 Feb 2026 10:00:00 +0100\r\nReceived: from x by a; Sun, 1 Feb 2026 10:00:00 +0100\r\nFrom: a@example.net\r\nSubject: Bonjour\r\nMessage-ID: <1@example.net>\r\n\r\nhello\r\n";
    private JmapHarness jmap = null!;
    private string inbox = "";

    public async ValueTask InitializeAsync()
    {
        jmap = await JmapHarness.StartAsync();
        inbox = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id);
    }

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    [Fact]
    public async Task A_message_is_imported_with_what_is_told_of_it()
    {
        var blob = await UploadAsync(Message);
        var state = (await jmap.CallAsync("Email/get", """{"ids": []}""")).GetProperty("state").GetString();
        var answer = await ImportAsync($$"""{"blobId": "{{blob}}", "mailboxIds": {"{{inbox}}": true}, "keywords": {"$seen": true, "Projet": true}, "receivedAt": "2026-03-01T08:00:00Z"}""");
        Assert.Equal(state, answer.GetProperty("oldState").GetString());
        var created = answer.GetProperty("created").GetProperty("a");
        Assert.Equal(["id", "blobId", "threadId", "size"], created.EnumerateObject().Select(one => one.Name));
        Assert.Equal(Message.Length, created.GetProperty("size").GetInt32());
        Assert.NotEqual(blob, created.GetProperty("blobId").GetString());
        var got = await jmap.CallAsync("Email/get", "{\"ids\": [\"" + created.GetProperty("id").GetString() + "\"], \"properties\": [\"keywords\", \"mailboxIds\", \"receivedAt\", \"threadId\", \"subject\"]}");
        Assert.Equal(answer.GetProperty("newState").GetString(), got.GetProperty("state").GetString());
        var email = got.GetProperty("list")[0];
        Assert.Equal(["$seen", "projet"], email.GetProperty("keywords").EnumerateObject().Select(one => one.Name).Order());
        Assert.Equal(("2026-03-01T08:00:00Z", "Bonjour"), (email.GetProperty("receivedAt").GetString(), email.GetProperty("subject").GetString()));
        Assert.Equal(created.GetProperty("threadId").GetString(), email.GetProperty("threadId").GetString());
    }

    [Theory]
    [InlineData(Message, "2026-02-02T09:00:00Z")]
    [InlineData("Subject: x\r\n\r\nhello\r\n", "2026-03-14T09:26:53Z")]
    [InlineData("Received: nonsense\r\nSubject: x\r\n\r\n", "2026-03-14T09:26:53Z")]
    public async Task It_was_received_when_the_last_host_says_or_now(string message, string receivedAt)
    {
        var id = await CreatedAsync(message);
        Assert.Equal(receivedAt, (await jmap.CallAsync("Email/get", $$"""{"ids": ["{{id}}"], "properties": ["receivedAt"]}""")).GetProperty("list")[0].GetProperty("receivedAt").GetString());
    }

    [Theory]
    [InlineData("Subject: x\n\nhello\nyou\r\n", "Subject: x\r\n\r\nhello\r\nyou\r\n")]
    [InlineData("Subject: x\r\n\r\nhello\nyou\r\n", "Subject: x\r\n\r\nhello\nyou\r\n")]
    public async Task A_file_of_Unix_gets_its_line_ends_and_others_stay_as_they_are(string message, string stored)
    {
        var id = await CreatedAsync(message);
        Assert.Equal(stored, (await jmap.CallAsync("Blob/get", $$"""{"ids": ["{{id}}"], "properties": ["data:asText"]}""")).GetProperty("list")[0].GetProperty("data:asText").GetString());
    }

    [Fact]
    public async Task The_same_message_may_be_there_twice_each_with_its_own_keywords()
    {
        var blob = await UploadAsync(Message);
        var one = $$"""{"blobId": "{{blob}}", "mailboxIds": {"{{inbox}}": true} }""";
        var answer = await jmap.CallAsync("Email/import", "{\"emails\": {\"a\": " + one + ", \"b\": " + one + "}}");
        var (a, b) = (answer.GetProperty("created").GetProperty("a"), answer.GetProperty("created").GetProperty("b"));
        Assert.NotEqual(a.GetProperty("id").GetString(), b.GetProperty("id").GetString());
        // An email that is there already can be imported as well.
        Assert.NotNull((await ImportAsync("{\"blobId\": \"" + a.GetProperty("blobId").GetString() + "\", \"mailboxIds\": {\"" + inbox + "\": true}}")).GetProperty("created").GetProperty("a").GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_is_wrong_with_one_is_told_of_one()
    {
        var blob = await UploadAsync(Message);
        var picture = JmapBlobId.Of((await jmap.Store.Uploads.BeginAndCompleteAsync(new(jmap.Ada.Id, jmap.Ada.Id), [0x89, 0x50, 0x4E, 0x47, 0, 1, 2])).Id);
        var mailboxes = "\"mailboxIds\": {\"" + inbox + "\": true}";
        var answer = await jmap.CallAsync("Email/import", "{\"emails\": {"
            + $"\"good\": {{\"blobId\": \"{blob}\", {mailboxes} }},"
            + $"\"noBlob\": {{\"blobId\": \"u99\", {mailboxes} }},"
            + $"\"noBlobId\": {{ {mailboxes} }},"
            + $"\"noMailbox\": {{\"blobId\": \"{blob}\", \"mailboxIds\": {{}} }},"
            + $"\"strangeMailbox\": {{\"blobId\": \"{blob}\", \"mailboxIds\": {{\"m999\": true}} }},"
            + $"\"keyword\": {{\"blobId\": \"{blob}\", {mailboxes}, \"keywords\": {{\"a b\": true}} }},"
            + $"\"date\": {{\"blobId\": \"{blob}\", {mailboxes}, \"receivedAt\": \"yesterday\"}},"
            + $"\"other\": {{\"blobId\": \"{blob}\", {mailboxes}, \"subject\": \"x\"}},"
            + $"\"picture\": {{\"blobId\": \"{picture}\", {mailboxes} }} }} }}");
        Assert.Equal(["good"], answer.GetProperty("created").EnumerateObject().Select(one => one.Name));
        var refused = answer.GetProperty("notCreated").EnumerateObject().ToDictionary(one => one.Name, one => (one.Value.GetProperty("type").GetString(), one.Value.TryGetProperty("properties", out var p) ? p[0].GetString() : null));
        Assert.Equal(("invalidEmail", null), refused["picture"]);
        foreach (var (name, property) in new[] { ("noBlob", "blobId"), ("noBlobId", "blobId"), ("noMailbox", "mailboxIds"), ("strangeMailbox", "mailboxIds"), ("keyword", "keywords"), ("date", "receivedAt"), ("other", "subject") })
            Assert.Equal(("invalidProperties", property), refused[name]);
    }

    [Fact]
    public async Task Over_quota_only_what_has_no_room_is_refused()
    {
        await jmap.Store.Directory.UpdateAccountAsync(jmap.Ada with { QuotaOctets = 3 * Message.Length + 10 }, default);
        var blob = await UploadAsync(Message);
        var emails = string.Join(",", Enumerable.Range(0, 5).Select(i => $"\"c{i}\": {{\"blobId\": \"{blob}\", \"mailboxIds\": {{\"{inbox}\": true}} }}"));
        var answer = await jmap.CallAsync("Email/import", "{\"emails\": {" + emails + "}}");
        Assert.Equal(3, answer.GetProperty("created").EnumerateObject().Count());
        Assert.All(answer.GetProperty("notCreated").EnumerateObject(), one => Assert.Equal("overQuota", one.Value.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Many_are_few_commits_in_their_order()
    {
        var blob = await UploadAsync(Message);
        var emails = string.Join(",", Enumerable.Range(0, 300).Select(i => $"\"c{i}\": {{\"blobId\": \"{blob}\", \"mailboxIds\": {{\"{inbox}\": true}} }}"));
        var answer = await jmap.CallAsync("Email/import", "{\"emails\": {" + emails + "}}");
        var ids = answer.GetProperty("created").EnumerateObject().Select(one => long.Parse(one.Value.GetProperty("id").GetString()![1..])).ToList();
        Assert.Equal((300, true), (ids.Count, ids.SequenceEqual(ids.Order())));
        Assert.InRange(long.Parse(answer.GetProperty("newState").GetString()!) - long.Parse(answer.GetProperty("oldState").GetString()!), 1, 6);
    }

    [Fact]
    public async Task A_state_that_has_passed_is_refused()
    {
        await jmap.CallAsync("Email/import", """{"ifInState": "0", "emails": {}}""", error: "stateMismatch");
        await jmap.CallAsync("Email/import", """{}""", error: "invalidArguments");
        await jmap.CallAsync("Email/import", """{"emails": {"a": 1}}""", error: "invalidArguments");
        await jmap.CallAsync("Email/import", """{"emails": {"a b": {}}}""", error: "invalidArguments");
    }

    [Fact]
    public async Task A_state_that_is_still_so_is_asked_of_the_commit()
    {
        var blob = await UploadAsync(Message);
        var emails = string.Join(",", Enumerable.Range(0, 130).Select(i => $"\"c{i}\": {{\"blobId\": \"{blob}\", \"mailboxIds\": {{\"{inbox}\": true}} }}"));
        var answer = await jmap.CallAsync("Email/import", $$"""{"ifInState": "{{await jmap.StateAsync()}}", "emails": { {{emails}} } }""");
        Assert.Equal(130, answer.GetProperty("created").EnumerateObject().Count());
        // Creating and changing in one call: the call's own changes do not count.
        var id = answer.GetProperty("created").GetProperty("c0").GetProperty("id").GetString();
        answer = await jmap.CallAsync("Email/set", "{\"ifInState\": \"" + await jmap.StateAsync() + "\", \"create\": {\"a\": {\"mailboxIds\": {\"" + inbox + "\": true}}, \"b\": {\"mailboxIds\": {\"" + inbox + "\": true}}}, \"update\": {\"" + id + "\": {\"keywords/x\": true}}}");
        Assert.Equal(2, answer.GetProperty("created").EnumerateObject().Count());
        Assert.Equal([id], answer.GetProperty("updated").Names());
    }

    [Fact]
    public async Task An_email_is_copied_as_it_is_or_with_what_is_set()
    {
        var (shared, target) = await SharedAsync();
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var email = await jmap.DeliverAsync("Subject: x\n\nhello\n", flags: new FlagSet(MessageFlags.Flagged, ["projet"]), at: at);
        var answer = await jmap.CallAsync("Email/copy", "{\"fromAccountId\": \"" + jmap.AccountId + "\", \"create\": {"
            + $"\"a\": {{\"id\": \"e{email.Value}\", \"mailboxIds\": {{\"{target}\": true}} }},"
            + $"\"b\": {{\"id\": \"e{email.Value}\", \"mailboxIds\": {{\"{target}\": true}}, \"keywords\": {{}}, \"receivedAt\": \"2026-02-02T00:00:00Z\"}},"
            + $"\"c\": {{\"id\": \"e{email.Value}\", \"mailboxIds\": {{\"{inbox}\": true}} }},"
            + $"\"d\": {{\"id\": \"e999\", \"mailboxIds\": {{\"{target}\": true}} }} }} }}", account: shared);
        Assert.Equal((jmap.AccountId, shared), (answer.GetProperty("fromAccountId").GetString(), answer.GetProperty("accountId").GetString()));
        Assert.Equal(("invalidProperties", "notFound"), (answer.GetProperty("notCreated").GetProperty("c").GetProperty("type").GetString(), answer.GetProperty("notCreated").GetProperty("d").GetProperty("type").GetString()));
        var ids = new[] { "a", "b" }.Select(one => answer.GetProperty("created").GetProperty(one).GetProperty("id").GetString());
        var got = (await jmap.CallAsync("Email/get", "{\"ids\": " + JsonSerializer.Serialize(ids) + ", \"properties\": [\"keywords\", \"receivedAt\"]}", account: shared)).GetProperty("list");
        Assert.Equal(["$flagged", "projet"], got[0].GetProperty("keywords").EnumerateObject().Select(one => one.Name).Order());
        Assert.Equal("2026-01-02T03:04:05Z", got[0].GetProperty("receivedAt").GetString());
        Assert.Empty(got[1].GetProperty("keywords").EnumerateObject());
        Assert.Equal("2026-02-02T00:00:00Z", got[1].GetProperty("receivedAt").GetString());
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("0", false)]
    public async Task The_original_is_destroyed_after_when_asked_to(string? ifInState, bool isDestroyed)
    {
        var (shared, target) = await SharedAsync();
        var email = await jmap.DeliverAsync("Subject: x\n\nhello\n");
        var state = ifInState is null ? "" : $", \"destroyFromIfInState\": \"{ifInState}\"";
        var answers = (await jmap.RequestAsync("[[\"Email/copy\", {\"accountId\": \"" + shared + "\", \"fromAccountId\": \"" + jmap.AccountId + "\", \"onSuccessDestroyOriginal\": true" + state
            + ", \"create\": {\"a\": {\"id\": \"e" + email.Value + "\", \"mailboxIds\": {\"" + target + "\": true}}}}, \"c\"]]")).GetProperty("methodResponses");
        Assert.Equal((2, "c"), (answers.GetArrayLength(), answers[1][2].GetString()));
        if (isDestroyed) Assert.Equal($"e{email.Value}", answers[1][1].GetProperty("destroyed")[0].GetString());
        else Assert.Equal("stateMismatch", answers[1][1].GetProperty("type").GetString());
        Assert.Equal(!isDestroyed, (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"], "properties": ["id"]}""")).GetProperty("list").GetArrayLength() == 1);
    }

    [Fact]
    public async Task What_cannot_be_copied_is_refused()
    {
        var (shared, target) = await SharedAsync();
        var email = await jmap.DeliverAsync("Subject: x\n\nhello\n");
        var create = "\"create\": {\"a\": {\"id\": \"e" + email.Value + "\", \"mailboxIds\": {\"" + target + "\": true}}}";
        await jmap.CallAsync("Email/copy", "{\"fromAccountId\": \"" + jmap.AccountId + "\", " + create + "}", error: "invalidArguments");
        await jmap.CallAsync("Email/copy", "{\"fromAccountId\": \"a999\", " + create + "}", error: "fromAccountNotFound", account: shared);
        foreach (var state in new[] { "ifInState", "ifFromInState" })
            await jmap.CallAsync("Email/copy", "{\"fromAccountId\": \"" + jmap.AccountId + "\", \"" + state + "\": \"0\", " + create + "}", error: "stateMismatch", account: shared);
        await jmap.CallAsync("Email/copy", "{\"fromAccountId\": \"" + jmap.AccountId + "\"}", error: "invalidArguments", account: shared);
    }

    private async Task<(string Account, string Inbox)> SharedAsync()
    {
        var shared = (await jmap.Accounts.AddAccountAsync(new AccountDraft("info@example.com") { Kind = AccountKind.Shared }, default)).Account;
        await jmap.Accounts.SetShareAsync("info@example.com", "ada@example.com", ShareRights.All, default);
        return (JmapIds.Of(shared.Id), JmapIds.Of((await jmap.Store.FindMailboxAsync(shared.Id, "INBOX", default))!.Id));
    }

    private async Task<string> UploadAsync(string text) =>
        JmapBlobId.Of((await jmap.Store.Uploads.BeginAndCompleteAsync(new(jmap.Ada.Id, jmap.Ada.Id), Encoding.UTF8.GetBytes(text), "message/rfc822")).Id).ToString();

    private Task<JsonElement> ImportAsync(string email) => jmap.CallAsync("Email/import", "{\"emails\": {\"a\": " + email + "}}");

    private async Task<string> CreatedAsync(string message) =>
        (await ImportAsync("{\"blobId\": \"" + await UploadAsync(message) + "\", \"mailboxIds\": {\"" + inbox + "\": true}}")).GetProperty("created").GetProperty("a").GetProperty("id").GetString()!;
}
