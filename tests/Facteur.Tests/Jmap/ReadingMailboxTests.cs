using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Jmap;

/// <summary>Mailbox/get, RFC 8621 §2 and §2.1.</summary>
public class ReadingMailboxTests
{
    // The request and shape of RFC 8621 §2.6.
    [Fact]
    public async Task Every_mailbox_tells_all_about_itself()
    {
        await using var jmap = await JmapHarness.StartAsync();
        for (var i = 0; i < 3; i++) await jmap.DeliverAsync($"Subject: {i}\n\n", flags: i == 0 ? new FlagSet(MessageFlags.Seen, []) : null);
        var list = (await jmap.CallAsync("Mailbox/get", """{"ids": null}""")).GetProperty("list");
        var inbox = list[0];
        Assert.Equal(("Inbox", "inbox", JsonValueKind.Null), (inbox.GetProperty("name").GetString(), inbox.GetProperty("role").GetString(), inbox.GetProperty("parentId").ValueKind));
        Assert.Equal((3, 2, 3, 2), (
            inbox.GetProperty("totalEmails").GetInt32(), inbox.GetProperty("unreadEmails").GetInt32(),
            inbox.GetProperty("totalThreads").GetInt32(), inbox.GetProperty("unreadThreads").GetInt32()));
        Assert.Equal(
            """{"mayReadItems":true,"mayAddItems":true,"mayRemoveItems":true,"maySetSeen":true,"maySetKeywords":true,"mayCreateChild":true,"mayRename":false,"mayDelete":false,"maySubmit":true}""",
            inbox.GetProperty("myRights").GetRawText());
        Assert.Equal(0, inbox.GetProperty("sortOrder").GetInt32());
        Assert.Equal(
            ["drafts", "inbox", "junk", "sent", "trash"],
            list.EnumerateArray().Select(mailbox => mailbox.GetProperty("role").GetString()).Where(role => role is "drafts" or "inbox" or "junk" or "sent" or "trash").Order());
        Assert.Equal(list.GetArrayLength(), list.EnumerateArray().Select(mailbox => mailbox.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Names_are_levels_and_parents_are_ids()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var leaf = await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Projets/Été/Bilan", MailboxRole.None, default);
        await jmap.Store.Emails.UpdateMailboxAsync(leaf.Id, new MailboxUpdate { Color = "#ff8800", SortOrder = 7, Subscribed = true }, default);
        var answer = await jmap.CallAsync("Mailbox/get", $$"""{"ids": ["m{{leaf.Id.Value}}", "m999", "INBOX"], "properties": ["name", "parentId", "sortOrder", "isSubscribed", "color"]}""");
        Assert.Equal("""["m999","INBOX"]""", answer.GetProperty("notFound").GetRawText());
        var found = answer.GetProperty("list")[0];
        var parent = found.GetProperty("parentId").GetString();
        Assert.Equal($$"""{"id":"m{{leaf.Id.Value}}","name":"Bilan","parentId":"{{parent}}","sortOrder":7,"isSubscribed":true,"color":"#ff8800"}""", found.GetRawText());
        var above = (await jmap.CallAsync("Mailbox/get", $$"""{"ids": ["{{parent}}"], "properties": ["name", "parentId", "myRights"]}""")).GetProperty("list")[0];
        Assert.Equal("Été", above.GetProperty("name").GetString());
        Assert.NotEqual(JsonValueKind.Null, above.GetProperty("parentId").ValueKind);
        await jmap.CallAsync("Mailbox/get", """{"properties": ["nonsense"]}""", error: "invalidArguments");
    }

    // RFC 8620 §1.8: what is ours is there for those who ask for it.
    [Fact]
    public async Task The_colour_is_for_those_who_use_its_capability()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var request = $$"""
            {"using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], "methodCalls": [["Mailbox/get", {"accountId": "{{jmap.AccountId}}"}, "0"],
            ["Mailbox/get", {"accountId": "{{jmap.AccountId}}", "properties": ["color"]}, "1"]]}
            """;
        await jmap.Processor.RunAsync(JmapHarness.UserOf(jmap.Ada), System.Text.Encoding.UTF8.GetBytes(request), output, default);
        using var response = JsonDocument.Parse(output.WrittenMemory);
        var answers = response.RootElement.GetProperty("methodResponses");
        Assert.False(answers[0][1].GetProperty("list")[0].TryGetProperty("color", out _));
        Assert.Equal("invalidArguments", answers[1][1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Who_may_only_read_a_shared_account_has_no_other_rights()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var shared = await jmap.Store.Directory.AddAccountAsync(jmap.Ada.Domain, "team@example.com", "Team", AccountKind.Shared, default);
        await jmap.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, jmap.Ada.Id, ShareRights.Read), default);
        var email = await jmap.DeliverAsync("Subject: x\n\n", to: shared);
        var id = Facteur.Jmap.JmapIds.Of(shared.Id);
        var inbox = (await jmap.CallAsync("Mailbox/get", "{}", account: id)).GetProperty("list")[0];
        Assert.Equal(["mayReadItems"], inbox.GetProperty("myRights").EnumerateObject().Where(right => right.Value.GetBoolean()).Select(right => right.Name));
        Assert.Equal(1, (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"]}""", account: id)).GetProperty("list").GetArrayLength());
        // An email of another account is none of this one's.
        Assert.Equal(1, (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"]}""")).GetProperty("notFound").GetArrayLength());
    }
}
