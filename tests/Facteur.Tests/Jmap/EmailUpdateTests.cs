using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Email/set with update and destroy (RFC 8621 §4.6).</summary>
public sealed class EmailUpdateTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    // RFC 8621 §4.10: "on another device, the user marks the first Email as unread".
    [Fact]
    public async Task A_keyword_is_taken_off()
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n", flags: new FlagSet(MessageFlags.Seen | MessageFlags.Flagged, ["work"])));
        var state = await jmap.StateAsync();
        var answer = await jmap.CallAsync("Email/set", $$"""{"ifInState": "{{state}}", "update": {"{{id}}": {"keywords/$seen": null} } }""");
        Assert.Equal(state, answer.GetProperty("oldState").GetString());
        Assert.Equal(await jmap.StateAsync(), answer.GetProperty("newState").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("updated").GetProperty(id).ValueKind);
        Assert.Equal(["$flagged", "work"], await KeywordsAsync(jmap, id));
    }

    [Theory]
    [InlineData("""{"keywords": {"$Seen": true, "Important": true}}""", "$seen important")]
    [InlineData("""{"keywords": null}""", "")]
    [InlineData("""{"keywords/$answered": true, "keywords/$draft": true, "keywords/work": null, "keywords/none": null}""", "$answered $draft $flagged")]
    [InlineData("""{"keywords/a~1b": true}""", "$flagged a/b work")]
    [InlineData("""{"keywords/WORK": true}""", "$flagged work")]
    public async Task Keywords_are_shared_with_IMAP(string patch, string expected)
    {
        var email = await jmap.DeliverAsync("Subject: x\n\nx\n", flags: new FlagSet(MessageFlags.Flagged, ["Work"]));
        await UpdateAsync(JmapIds.Of(email), patch);
        Assert.Equal(expected, string.Join(' ', await KeywordsAsync(jmap, JmapIds.Of(email))));
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        using var view = await jmap.Store.OpenViewAsync(inbox.Id, default);
        var snapshot = await view.RefreshAsync(default);
        Assert.Equal(expected.Contains("$flagged", StringComparison.Ordinal), snapshot[snapshot.Count - 1].Flags.Has(MessageFlags.Flagged));
    }

    [Theory]
    [InlineData("""{"keywords": {"$seen": false}}""", "keywords")]
    [InlineData("""{"keywords/$seen": false}""", "keywords/$seen")]
    [InlineData("""{"keywords/a b": true}""", "keywords/a b")]
    [InlineData("""{"keywords/a\"": true}""", "keywords/a\"")]
    [InlineData("""{"keywords/é": true}""", "keywords/é")]
    [InlineData("""{"keywords/": true}""", "keywords/")]
    [InlineData("""{"keywords/A": true, "keywords/a": null}""", "keywords")]
    [InlineData("""{"mailboxIds": {}}""", "mailboxIds")]
    [InlineData("""{"mailboxIds": null}""", "mailboxIds")]
    [InlineData("""{"mailboxIds/m99999": true}""", "mailboxIds/m99999")]
    [InlineData("""{"mailboxIds/#none": true}""", "mailboxIds/#none")]
    [InlineData("""{"mailboxIds/INBOX": null}""", "mailboxIds")]
    [InlineData("""{"subject": "y", "threadId": "t0", "keywords/$seen": true}""", "subject threadId")]
    [InlineData("""{"from": null}""", "from")]
    public async Task What_cannot_be_changed_is_named(string patch, string properties)
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var inbox = await jmap.MailboxAsync("INBOX");
        if (patch.Contains("INBOX", StringComparison.Ordinal)) patch = patch.Replace("INBOX", inbox, StringComparison.Ordinal);
        var error = (await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {{patch}} } }""")).GetProperty("notUpdated").GetProperty(id);
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal(properties, string.Join(' ', error.GetProperty("properties").Strings()));
        Assert.Empty(await KeywordsAsync(jmap, id));
    }

    [Theory]
    [InlineData("""{"keywords": {}, "keywords/$seen": true}""")]
    [InlineData("""{"keywords/$seen/x": true}""")]
    [InlineData("""{"mailboxIds/m1/x": true}""")]
    public async Task A_patch_that_is_none_is_refused(string patch)
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {{patch}} } }""");
        Assert.Equal("invalidPatch", answer.GetProperty("notUpdated").GetProperty(id).GetProperty("type").GetString());
    }

    [Fact]
    public async Task An_email_goes_from_mailbox_to_mailbox_and_keeps_its_id()
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n", flags: new FlagSet(MessageFlags.Seen, ["work"])));
        var (inbox, archive) = (await jmap.MailboxAsync("INBOX"), JmapIds.Of((await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Old", MailboxRole.None, default)).Id));
        await UpdateAsync(id, $$"""{"mailboxIds/{{archive}}": true}""");
        Assert.Equal([inbox, archive], await MailboxesAsync(jmap, id));
        await UpdateAsync(id, $$"""{"mailboxIds/{{inbox}}": null, "mailboxIds/m77777": null}""");
        Assert.Equal([archive], await MailboxesAsync(jmap, id));
        await UpdateAsync(id, $$"""{"mailboxIds": {"{{inbox}}": true}, "keywords/work": null}""");
        Assert.Equal([inbox], await MailboxesAsync(jmap, id));
        Assert.Equal(["$seen"], await KeywordsAsync(jmap, id));
    }

    [Fact]
    public async Task A_mailbox_of_the_same_request_is_named_by_its_creation_id()
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var response = await jmap.RequestAsync($$"""
            [["Mailbox/set", {"accountId": "{{jmap.AccountId}}", "create": {"new": {"name": "Neu"} } }, "0"],
             ["Email/set", {"accountId": "{{jmap.AccountId}}", "update": {"{{id}}": {"mailboxIds": {"#new": true} } } }, "1"]]
            """);
        var created = response.GetProperty("methodResponses")[0][1].GetProperty("created").GetProperty("new").GetProperty("id").GetString();
        Assert.Equal([created!], await MailboxesAsync(jmap, id));
    }

    [Fact]
    public async Task What_is_sent_back_as_it_is_is_no_change()
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var whole = await jmap.EmailAsync(id, """["id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "hasAttachment"]""");
        var state = await jmap.StateAsync();
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {{whole}} } }""");
        Assert.Equal([id], answer.GetProperty("updated").Names());
        Assert.Equal((state, state), (answer.GetProperty("oldState").GetString(), answer.GetProperty("newState").GetString()));
    }

    [Fact]
    public async Task Many_changes_are_one_commit()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 20; i++) ids.Add(JmapIds.Of(await jmap.DeliverAsync($"Subject: {i}\n\nx\n")));
        var before = (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).ModSeq.Value;
        var patches = string.Join(',', ids.Take(15).Select(id => $$""" "{{id}}": {"keywords/$flagged": true}"""));
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": { {{patches}} }, "destroy": ["{{ids[15]}}", "{{ids[16]}}", "e99999", "x", "{{ids[16]}}"]}""");
        Assert.Equal(15, answer.GetProperty("updated").Names().Count());
        Assert.Equal([ids[15], ids[16]], answer.GetProperty("destroyed").Strings());
        Assert.Equal(["e99999", "x"], answer.GetProperty("notDestroyed").Names());
        Assert.Equal(before + 1, (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).ModSeq.Value);
        Assert.Equal(18, (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).Count);
    }

    [Fact]
    public async Task Only_this_account_is_changed()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n", to: bob));
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {"keywords/$seen": true} }, "destroy": ["{{id}}x"]}""");
        Assert.Equal("notFound", answer.GetProperty("notUpdated").GetProperty(id).GetProperty("type").GetString());
        answer = await jmap.CallAsync("Email/set", $$"""{"destroy": ["{{id}}"]}""");
        Assert.Equal("notFound", answer.GetProperty("notDestroyed").GetProperty(id).GetProperty("type").GetString());
        await jmap.CallAsync("Email/set", "{}", error: "accountNotFound", account: JmapIds.Of(bob.Id));
        var shared = (await jmap.Accounts.AddAccountAsync(new AccountDraft("team@example.com") { Kind = AccountKind.Shared }, default)).Account;
        await jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", ShareRights.Read, default);
        await jmap.CallAsync("Email/set", "{}", error: "accountReadOnly", account: JmapIds.Of(shared.Id));
        await jmap.CallAsync("Mailbox/set", "{}", error: "accountReadOnly", account: JmapIds.Of(shared.Id));
    }

    [Fact]
    public async Task More_keywords_than_a_mailbox_has_room_for_are_too_many()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (one, two) = (JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n")), JmapIds.Of(await jmap.DeliverAsync("Subject: y\n\ny\n")));
        var all = string.Join(',', Enumerable.Range(0, 57).Select(i => $"\"keywords/k{i}\": true"));
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{one}}": { {{all}} } } }""");
        Assert.Equal("tooManyKeywords", answer.GetProperty("notUpdated").GetProperty(one).GetProperty("type").GetString());
        all = string.Join(',', Enumerable.Range(0, 56).Select(i => $"\"keywords/k{i}\": true"));
        answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{one}}": { {{all}} }, "{{two}}": {"keywords/other": true, "keywords/$seen": true} } }""");
        Assert.Equal([one], answer.GetProperty("updated").Names());
        Assert.Equal("tooManyKeywords", answer.GetProperty("notUpdated").GetProperty(two).GetProperty("type").GetString());
        Assert.Empty(await KeywordsAsync(jmap, two));
    }

    [Fact]
    public async Task A_state_that_has_passed_changes_nothing()
    {
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        await jmap.CallAsync("Email/set", $$"""{"ifInState": "1", "destroy": ["{{id}}"]}""", error: "stateMismatch");
        await jmap.CallAsync("Email/set", $$"""{"ifInState": "{{await jmap.StateAsync()}}-1-2-3", "destroy": ["{{id}}"]}""", error: "stateMismatch");
        await jmap.EmailAsync(id, "[]");
    }

    private async Task UpdateAsync(string id, string patch)
    {
        var answer = await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {{patch}} } }""");
        Assert.True(answer.GetProperty("updated").Names().SequenceEqual([id]), answer.ToString());
    }

    private static async Task<IEnumerable<string>> KeywordsAsync(JmapHarness jmap, string id) =>
        (await jmap.EmailAsync(id, """["keywords"]""")).GetProperty("keywords").Names().Order(StringComparer.Ordinal);

    private static async Task<IEnumerable<string>> MailboxesAsync(JmapHarness jmap, string id) =>
        (await jmap.EmailAsync(id, """["mailboxIds"]""")).GetProperty("mailboxIds").Names();
}
