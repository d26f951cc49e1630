using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Mailbox/set (RFC 8621 §2.5).</summary>
public sealed class MailboxSetTests
{
    // RFC 8621 §2.6: "we try to rename one Mailbox and destroy another", the latter of which nobody may.
    [Fact]
    public async Task Rename_and_forbidden_destroy_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (inbox, other) = (await jmap.MailboxAsync("INBOX"), await CreateAsync(jmap, "Important mail"));
        var state = await jmap.StateAsync();
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"ifInState": "{{state}}", "update": {"{{other}}": {"name": "Maybe important mail"} }, "destroy": ["{{inbox}}"]}""");
        Assert.Equal(state, answer.GetProperty("oldState").GetString());
        Assert.Equal(await jmap.StateAsync(), answer.GetProperty("newState").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("updated").GetProperty(other).ValueKind);
        Assert.Equal("forbidden", answer.GetProperty("notDestroyed").GetProperty(inbox).GetProperty("type").GetString());
        Assert.Equal(other, await jmap.MailboxAsync("Maybe important mail"));
    }

    [Fact]
    public async Task Created_mailboxes_say_what_was_not_sent()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var answer = await jmap.CallAsync("Mailbox/set", """
            {"create": {
              "c": {"name": "Deux", "parentId": "#b", "sortOrder": 7, "isSubscribed": false, "color": "#AABBCC"}, "a": {"name": "Un"}, "b": {"name": "Cafe\u0301", "parentId": "#a", "role": null}}}
            """);
        var created = answer.GetProperty("created");
        Assert.Equal(["a", "b", "c"], created.Names());
        Assert.Equal(
            ["id", "parentId", "role", "sortOrder", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights", "isSubscribed"], created.GetProperty("a").Names());
        Assert.True(created.GetProperty("a").GetProperty("isSubscribed").GetBoolean());
        Assert.Equal(created.GetProperty("a").GetProperty("id").GetString(), created.GetProperty("b").GetProperty("parentId").GetString());
        Assert.Equal("Café", created.GetProperty("b").GetProperty("name").GetString());
        Assert.Equal("#aabbcc", created.GetProperty("c").GetProperty("color").GetString());
        var stored = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Un/Café/Deux", default))!;
        Assert.Equal((7, false, "#aabbcc", created.GetProperty("c").GetProperty("id").GetString()), (stored.SortOrder, stored.Subscribed, stored.Color, JmapIds.Of(stored.Id)));
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name": ""}""", "name")]
    [InlineData("""{"name": "a/b"}""", "name")]
    [InlineData("""{"name": ".."}""", "name")]
    [InlineData("""{"name": "a\u0000"}""", "name")]
    [InlineData("""{"name": "a\nb"}""", "name")]
    [InlineData("""{"name": "inbox"}""", "name")]
    [InlineData("""{"name": "Trash"}""", "name")]
    [InlineData("""{"name": 5, "parentId": 5, "role": "boss", "sortOrder": -1, "isSubscribed": 1, "color": "red"}""", "name parentId role sortOrder isSubscribed color")]
    [InlineData("""{"name": "x", "parentId": "m99999"}""", "parentId")]
    [InlineData("""{"name": "x", "parentId": "#x"}""", "parentId")]
    [InlineData("""{"name": "x", "role": "inbox"}""", "role")]
    [InlineData("""{"name": "x", "role": "trash"}""", "role")]
    [InlineData("""{"name": "x", "sortOrder": 2147483648}""", "sortOrder")]
    [InlineData("""{"name": "x", "id": "m1", "totalEmails": 0, "myRights": {}, "nonsense": 1}""", "id totalEmails myRights nonsense")]
    public async Task What_no_mailbox_can_be_is_named(string mailbox, string properties)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var error = (await jmap.CallAsync("Mailbox/set", $$"""{"create": {"x": {{mailbox}} } }""")).GetProperty("notCreated").GetProperty("x");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal(properties.Split(' ').Order(), error.GetProperty("properties").Strings().Order());
    }

    [Fact]
    public async Task Mailboxes_move_with_those_below()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (a, b) = (await CreateAsync(jmap, "A"), await CreateAsync(jmap, "B"));
        var below = await CreateAsync(jmap, "Sub", a);
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{a}}": {"parentId": "{{b}}", "name": "C"} } }""");
        Assert.Equal([a], answer.GetProperty("updated").Names());
        Assert.NotEqual(JsonValueKind.Null, answer.GetProperty("oldState").ValueKind);
        Assert.Equal(below, await jmap.MailboxAsync("B/C/Sub"));
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{b}}": {"parentId": "{{below}}"}, "{{below}}": {"parentId": "{{below}}"} } }""");
        Assert.Equal([b, below], answer.GetProperty("notUpdated").Names().ToHashSet());
        Assert.Equal("parentId", Assert.Single(answer.GetProperty("notUpdated").GetProperty(b).GetProperty("properties").Strings()));
        await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{below}}": {"parentId": null} } }""");
        Assert.Equal(below, await jmap.MailboxAsync("Sub"));
    }

    // RFC 8620 §5.3: "a single method call could rename an object A => B and simultaneously rename another object B => A".
    [Fact]
    public async Task Names_and_roles_pass_each_other()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (a, b, c) = (await CreateAsync(jmap, "A"), await CreateAsync(jmap, "B"), await CreateAsync(jmap, "C"));
        var below = await CreateAsync(jmap, "Below", a);
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{a}}": {"name": "B"}, "{{b}}": {"name": "C"}, "{{c}}": {"name": "A"} } }""");
        Assert.Equal([a, b, c], answer.GetProperty("updated").Names().ToHashSet());
        Assert.Equal((c, a, b), (await jmap.MailboxAsync("A"), await jmap.MailboxAsync("B"), await jmap.MailboxAsync("C")));
        Assert.Equal(below, await jmap.MailboxAsync("B/Below"));
        var (trash, archive) = (await jmap.MailboxAsync("Trash"), await jmap.MailboxAsync("Archive"));
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{trash}}": {"role": "archive"}, "{{archive}}": {"role": "trash"} } }""");
        Assert.Equal([archive, trash], answer.GetProperty("updated").Names().ToHashSet());
        Assert.Equal(MailboxRole.Archive, (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Trash", default))!.Role);
        answer = await jmap.CallAsync("Mailbox/set", $$"""
            {"create": {"n": {"name": "A", "role": "archive"}, "p": {"name": "Trash"} }, "update": {"{{trash}}": {"role": null, "name": "Poubelle"}, "#n": {"sortOrder": 3} }, "destroy": ["{{c}}"]}
            """);
        Assert.Equal(2, answer.GetProperty("created").Names().Count());
        Assert.Equal([c], answer.GetProperty("destroyed").Strings());
        Assert.Equal((MailboxRole.Archive, 3), ((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "A", default))!.Role, (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "A", default))!.SortOrder));
    }

    [Fact]
    public async Task What_cannot_pass_is_where_it_was()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (a, b) = (await CreateAsync(jmap, "A"), await CreateAsync(jmap, "B"));
        await CreateAsync(jmap, "D");
        // B is in the way of A, and D, which stays, in the way of B; C and A would pass each other, but that A may not be below itself.
        var c = await CreateAsync(jmap, "C", a);
        var before = (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).Select(one => (one.Id, one.Name, one.Role)).ToList();
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{a}}": {"name": "B"}, "{{b}}": {"name": "D"} } }""");
        Assert.Equal([a, b], answer.GetProperty("notUpdated").Names());
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{a}}": {"parentId": "{{c}}"}, "{{c}}": {"parentId": "{{c}}"} } }""");
        Assert.Equal([a, c], answer.GetProperty("notUpdated").Names());
        Assert.Equal(before, (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).Select(one => (one.Id, one.Name, one.Role)));
    }

    [Fact]
    public async Task A_mailbox_with_emails_or_children_stays_unless_asked()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var a = await CreateAsync(jmap, "A");
        var b = await CreateAsync(jmap, "B", a);
        var (only, both) = (JmapIds.Of(await jmap.DeliverAsync("Subject: 1\n\nx\n", "A/B")), JmapIds.Of(await jmap.DeliverAsync("Subject: 2\n\nx\n", "A/B")));
        await jmap.CallAsync("Email/set", $$"""{"update": {"{{both}}": {"mailboxIds/{{await jmap.MailboxAsync("INBOX")}}": true} } }""");
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"destroy": ["{{a}}", "{{b}}", "m99999", "x"]}""");
        Assert.Equal(["mailboxHasChild", "mailboxHasEmail", "notFound", "notFound"], new[] { a, b, "m99999", "x" }.Select(id => answer.GetProperty("notDestroyed").GetProperty(id).GetProperty("type").GetString()));
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"onDestroyRemoveEmails": true, "destroy": ["{{a}}", "{{b}}"], "update": {"{{b}}": {"name": "x"} } }""");
        Assert.Equal([b, a], answer.GetProperty("destroyed").Strings());
        Assert.Equal("willDestroy", answer.GetProperty("notUpdated").GetProperty(b).GetProperty("type").GetString());
        var got = await jmap.CallAsync("Email/get", $$"""{"ids": ["{{only}}", "{{both}}"], "properties": ["mailboxIds"]}""");
        Assert.Equal([only], got.GetProperty("notFound").Strings());
    }

    [Fact]
    public async Task The_inbox_has_a_place_and_a_color_and_keeps_its_name()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var inbox = await jmap.MailboxAsync("INBOX");
        var whole = (await jmap.CallAsync("Mailbox/get", $$"""{"ids": ["{{inbox}}"]}""")).GetProperty("list")[0];
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{inbox}}": {{whole}} } }""");
        Assert.Equal([inbox], answer.GetProperty("updated").Names());
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{inbox}}": {"sortOrder": 5, "color": "#ABCDEF"} } }""");
        Assert.Equal("#abcdef", answer.GetProperty("updated").GetProperty(inbox).GetProperty("color").GetString());
        foreach (var patch in new[] { """{"name": "x"}""", """{"role": null}""", """{"parentId": "TRASH"}""" })
        {
            answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{inbox}}": {{patch.Replace("TRASH", await jmap.MailboxAsync("Trash"), StringComparison.Ordinal)}} } }""");
            Assert.Equal("forbidden", answer.GetProperty("notUpdated").GetProperty(inbox).GetProperty("type").GetString());
        }
        answer = await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{inbox}}": {"totalEmails": 5, "myRights/mayDelete": true} } }""");
        Assert.Equal(["totalEmails", "myRights"], answer.GetProperty("notUpdated").GetProperty(inbox).GetProperty("properties").Strings());
        var below = await CreateAsync(jmap, "Below", inbox);
        Assert.Equal(below, await jmap.MailboxAsync("INBOX/Below"));
    }

    private static async Task<string> CreateAsync(JmapHarness jmap, string name, string? parent = null)
    {
        var answer = await jmap.CallAsync("Mailbox/set", $$"""{"create": {"c": {"name": "{{name}}", "parentId": {{(parent is null ? "null" : $"\"{parent}\"")}} } } }""");
        Assert.True(answer.GetProperty("created").ValueKind == JsonValueKind.Object, answer.ToString());
        return answer.GetProperty("created").GetProperty("c").GetProperty("id").GetString()!;
    }
}
