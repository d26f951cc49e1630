using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Email/changes, Thread/changes, Mailbox/changes (RFC 8620 §5.2; RFC 8621 §2.2, §3.2, §4.3).</summary>
public sealed class ChangesTests
{
    // RFC 8621 §4.10: one marked unread, a few deleted, one new.
    [Fact]
    public async Task Changes_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(JmapIds.Of(await jmap.DeliverAsync($"Subject: {i}\n\nx\n", flags: new FlagSet(MessageFlags.Seen, []))));
        var state = await jmap.StateAsync();
        await jmap.CallAsync("Email/set", $$"""{"update": {"{{ids[0]}}": {"keywords/$seen": null} } }""");
        await jmap.CallAsync("Email/set", $$"""{"destroy": ["{{ids[1]}}", "{{ids[2]}}"]}""");
        var added = JmapIds.Of(await jmap.DeliverAsync("Subject: new\n\nx\n"));
        var passing = JmapIds.Of(await jmap.DeliverAsync("Subject: passing\n\nx\n"));
        await jmap.CallAsync("Email/set", $$"""{"update": {"{{added}}": {"keywords/$seen": true} }, "destroy": ["{{passing}}"]}""");
        var answer = await jmap.CallAsync("Email/changes", $$"""{"sinceState": "{{state}}", "maxChanges": 50}""");
        Assert.Equal(["accountId", "oldState", "newState", "hasMoreChanges", "created", "updated", "destroyed"], answer.Names());
        Assert.Equal((state, await jmap.StateAsync(), false), (answer.GetProperty("oldState").GetString(), answer.GetProperty("newState").GetString(), answer.GetProperty("hasMoreChanges").GetBoolean()));
        Assert.Equal([added], answer.GetProperty("created").Strings());
        Assert.Equal([ids[0]], answer.GetProperty("updated").Strings());
        // What came and went since is not spoken of.
        Assert.Equal([ids[2], ids[1]], answer.GetProperty("destroyed").Strings());
        answer = await jmap.CallAsync("Email/changes", $$"""{"sinceState": "{{await jmap.StateAsync()}}"}""");
        Assert.Equal(0, answer.GetProperty("created").GetArrayLength() + answer.GetProperty("updated").GetArrayLength() + answer.GetProperty("destroyed").GetArrayLength());
    }

    // RFC 8621 §2.6: "Now suppose an Email is marked read", with references to what /changes answers.
    [Fact]
    public async Task Counts_that_change_are_asked_for_alone()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var inbox = await jmap.MailboxAsync("INBOX");
        var id = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var state = await jmap.StateAsync();
        await jmap.CallAsync("Email/set", $$"""{"update": {"{{id}}": {"keywords/$seen": true} } }""");
        var response = await jmap.RequestAsync($$"""
            [["Mailbox/changes", {"accountId": "{{jmap.AccountId}}", "sinceState": "{{state}}"}, "0"],
             ["Mailbox/get", {"accountId": "{{jmap.AccountId}}", "#ids": {"resultOf": "0", "name": "Mailbox/changes", "path": "/created"} }, "1"],
             ["Mailbox/get", {"accountId": "{{jmap.AccountId}}", "#ids": {"resultOf": "0", "name": "Mailbox/changes", "path": "/updated"},
              "#properties": {"resultOf": "0", "name": "Mailbox/changes", "path": "/updatedProperties"} }, "2"]]
            """);
        var responses = response.GetProperty("methodResponses");
        Assert.Equal(["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"], responses[0][1].GetProperty("updatedProperties").Strings());
        Assert.Equal(0, responses[1][1].GetProperty("list").GetArrayLength());
        var counts = Assert.Single(responses[2][1].GetProperty("list").EnumerateArray());
        Assert.Equal((inbox, 1, 0), (counts.GetProperty("id").GetString(), counts.GetProperty("totalEmails").GetInt32(), counts.GetProperty("unreadEmails").GetInt32()));
        Assert.False(counts.TryGetProperty("name", out _));
    }

    [Fact]
    public async Task A_new_name_is_more_than_counts()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var trash = await jmap.MailboxAsync("Trash");
        var state = await jmap.StateAsync();
        await jmap.DeliverAsync("Subject: x\n\nx\n");
        var answer = await jmap.CallAsync("Mailbox/changes", $$"""{"sinceState": "{{state}}"}""");
        Assert.Equal(4, answer.GetProperty("updatedProperties").GetArrayLength());
        await jmap.CallAsync("Mailbox/set", $$"""{"update": {"{{trash}}": {"name": "Corbeille"} }, "create": {"n": {"name": "New"} }, "destroy": ["{{await jmap.MailboxAsync("Archive")}}"]}""");
        answer = await jmap.CallAsync("Mailbox/changes", $$"""{"sinceState": "{{state}}"}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("updatedProperties").ValueKind);
        Assert.Equal([await jmap.MailboxAsync("INBOX"), trash], answer.GetProperty("updated").Strings().Order());
        Assert.Equal([await jmap.MailboxAsync("New")], answer.GetProperty("created").Strings());
        Assert.Single(answer.GetProperty("destroyed").EnumerateArray());
    }

    [Fact]
    public async Task A_thread_changes_when_an_email_comes_or_goes()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var first = await jmap.DeliverAsync("Message-ID: <1@x>\nSubject: x\n\nx\n");
        var other = await jmap.DeliverAsync("Message-ID: <2@x>\nSubject: y\n\nx\n");
        var state = await jmap.StateAsync();
        await jmap.CallAsync("Email/set", $$"""{"update": {"{{JmapIds.Of(first)}}": {"keywords/$seen": true} } }""");
        var answer = await jmap.CallAsync("Thread/changes", $$"""{"sinceState": "{{state}}"}""");
        Assert.Equal(0, answer.GetProperty("updated").GetArrayLength());
        await jmap.DeliverAsync("Message-ID: <3@x>\nIn-Reply-To: <1@x>\nSubject: Re: x\n\nx\n");
        await jmap.DeliverAsync("Message-ID: <4@x>\nSubject: z\n\nx\n");
        await jmap.CallAsync("Email/set", $$"""{"destroy": ["{{JmapIds.Of(other)}}"]}""");
        answer = await jmap.CallAsync("Thread/changes", $$"""{"sinceState": "{{state}}"}""");
        Assert.Equal([$"t{first.Value}"], answer.GetProperty("updated").Strings());
        Assert.Equal([$"t{other.Value}"], answer.GetProperty("destroyed").Strings());
        Assert.Single(answer.GetProperty("created").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"sinceState": "99999"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "nonsense"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": ""}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "-1"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "1-2"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "99999-1-1-1"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "1-1-1-1-1"}""", "cannotCalculateChanges")]
    [InlineData("""{"sinceState": "1", "maxChanges": 0}""", "invalidArguments")]
    [InlineData("""{"sinceState": "1", "maxChanges": -1}""", "invalidArguments")]
    [InlineData("""{"sinceState": 1}""", "invalidArguments")]
    [InlineData("""{}""", "invalidArguments")]
    public async Task States_that_never_were(string arguments, string error)
    {
        await using var jmap = await JmapHarness.StartAsync();
        foreach (var type in new[] { "Email", "Thread", "Mailbox" }) await jmap.CallAsync($"{type}/changes", arguments, error);
    }

    /// <summary>A client that takes changes in parts of any size, while more happens, has in the end what the server has; and is never told of what it knows as new after it changed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Changes_in_parts_lead_to_the_present(int seed)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var random = new Random(seed);
        var clients = new List<ChangesClient>();
        foreach (var type in new[] { "Email", "Thread", "Mailbox" })
            for (var i = 0; i < 3; i++) clients.Add(new ChangesClient(jmap, type, i == 0 ? null : i == 1 ? 1 : random.Next(2, 9)));
        foreach (var client in clients) await client.LoadAsync();
        var changer = new RandomChanger(jmap, random);
        for (var round = 0; round < 14; round++)
        {
            for (var i = random.Next(1, 14); i > 0; i--) await changer.ChangeAsync();
            foreach (var client in clients)
                if (random.Next(3) > 0) await client.StepAsync();
        }
        foreach (var client in clients) await client.CatchUpAsync();
    }
}
