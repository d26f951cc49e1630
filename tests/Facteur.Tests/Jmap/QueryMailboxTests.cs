using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Jmap;

/// <summary>Mailbox/query and Mailbox/queryChanges (RFC 8621 §2.3, §2.4).</summary>
public sealed class QueryMailboxTests
{
    [Fact]
    public async Task Filters_and_sorts_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var names = await FillAsync(jmap);
        var work = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Work", default))!.Id);
        (string Arguments, string Names)[] cases =
        [
            ("""{"filter": {"name": "o"}, "sort": [{"property": "name"}]}""", "Inbox Beta/Old Projects Work Work/Zoo"),
            ("""{"filter": {"name": "PROJ"}}""", "Projects"),
            ("""{"filter": {"name": "inbox"}}""", "Inbox"),
            ("""{"filter": {"parentId": null}, "sort": [{"property": "name"}]}""", "Beta Inbox Projects Work"),
            ($$"""{"filter": {"parentId": "{{work}}"}, "sort": [{"property": "name"}]}""", "Work/Art Work/Zoo"),
            ("""{"filter": {"parentId": "m999"}}""", ""),
            ("""{"filter": {"parentId": "x"}}""", ""),
            ("""{"filter": {"role": "inbox"}}""", "Inbox"),
            ("""{"filter": {"role": "archive"}}""", "Work/Art"),
            ("""{"filter": {"role": null, "parentId": null}, "sort": [{"property": "name"}]}""", "Beta Projects Work"),
            ("""{"filter": {"hasAnyRole": true}, "sort": [{"property": "name"}]}""", "Work/Art Inbox"),
            ("""{"filter": {"hasAnyRole": false, "name": "e"}, "sort": [{"property": "name", "isAscending": false}]}""", "Projects Beta"),
            ("""{"filter": {"isSubscribed": true}, "sort": [{"property": "name"}]}""", "Projects"),
            ("""{"filter": {"operator": "NOT", "conditions": [{"name": "o"}, {"role": "inbox"}]}, "sort": [{"property": "name"}]}""", "Work/Art Beta"),
            ("""{"sort": [{"property": "sortOrder"}, {"property": "name"}]}""", "Work/Art Beta Inbox Beta/Old Projects Work/Zoo Work"),
            ("""{"sort": [{"property": "name"}], "sortAsTree": true}""", "Beta Beta/Old Inbox Projects Work Work/Art Work/Zoo"),
            ("""{"sort": [{"property": "name", "isAscending": false}], "sortAsTree": true}""", "Work Work/Zoo Work/Art Projects Inbox Beta Beta/Old"),
            ("""{"filter": {"name": "o"}, "sort": [{"property": "name"}], "filterAsTree": true}""", "Inbox Projects Work Work/Zoo"),
            ("""{"sort": [{"property": "name"}], "position": -2}""", "Work Work/Zoo"),
            ($$"""{"sort": [{"property": "name"}], "anchor": "{{work}}", "limit": 1}""", "Work"),
        ];
        foreach (var (arguments, expected) in cases)
            Assert.Equal((arguments, expected), (arguments, string.Join(' ', Querying.Ids(await jmap.CallAsync("Mailbox/query", arguments)).Select(id => names[id]))));
    }

    [Fact]
    public async Task Errors()
    {
        await using var jmap = await JmapHarness.StartAsync();
        foreach (var (arguments, error) in ((string, string)[])
        [
            ("""{"filter": {"colour": "red"}}""", "unsupportedFilter"),
            ("""{"filter": {"hasAnyRole": 1}}""", "invalidArguments"),
            ("""{"filter": {"name": null}}""", "invalidArguments"),
            ("""{"sort": [{"property": "totalEmails"}]}""", "unsupportedSort"),
            ("""{"sortAsTree": "yes"}""", "invalidArguments"),
            ("""{"anchor": "m999"}""", "anchorNotFound"),
            ("""{"collapseThreads": true}""", "invalidArguments"),
        ])
            await jmap.CallAsync("Mailbox/query", arguments, error);
    }

    [Fact]
    public async Task Spliced_results_are_fresh_results()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await FillAsync(jmap);
        var random = new Random(5);
        string[] questions =
        [
            "{", """{"sort": [{"property": "name"}]""", """{"sort": [{"property": "sortOrder", "isAscending": false}]""", """{"filter": {"name": "o"}, "sort": [{"property": "name"}]""",
            """{"sort": [{"property": "name"}], "sortAsTree": true""", """{"filter": {"name": "o"}, "filterAsTree": true""", """{"filter": {"hasAnyRole": false}, "sortAsTree": true, "filterAsTree": true""",
            """{"filter": {"parentId": null}""", """{"filter": {"isSubscribed": false}""",
        ];
        var held = new (List<string> List, string State)[questions.Length];
        for (var i = 0; i < questions.Length; i++) held[i] = await FreshAsync(jmap, questions[i]);
        for (var step = 0; step < 100; step++)
        {
            await StepAsync(jmap, random, step);
            var i = random.Next(questions.Length);
            var arguments = questions[i] + (questions[i].Length > 1 ? ", " : "") + $"\"sinceQueryState\": \"{held[i].State}\", \"calculateTotal\": true}}";
            var changes = await jmap.CallAsync("Mailbox/queryChanges", arguments);
            var (fresh, state) = await FreshAsync(jmap, questions[i]);
            Assert.Equal(fresh, Querying.Splice(held[i].List, changes));
            Assert.Equal((fresh.Count, state), (changes.GetProperty("total").GetInt32(), changes.GetProperty("newQueryState").GetString()));
            held[i] = (fresh, state);
        }
    }

    [Fact]
    public async Task Mail_that_only_counts_changes_nothing()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var state = (await jmap.CallAsync("Mailbox/query", """{"sortAsTree": true}""")).GetProperty("queryState").GetString();
        await jmap.DeliverAsync("Subject: x\n\n");
        var changes = await jmap.CallAsync("Mailbox/queryChanges", $$"""{"sortAsTree": true, "sinceQueryState": "{{state}}", "maxChanges": 0}""");
        Assert.Equal((0, 0), (changes.GetProperty("removed").GetArrayLength(), changes.GetProperty("added").GetArrayLength()));
        await jmap.CallAsync("Mailbox/queryChanges", """{"sinceQueryState": "99999"}""", "cannotCalculateChanges");
    }

    private static async Task<(List<string> List, string State)> FreshAsync(JmapHarness jmap, string question)
    {
        var answer = await jmap.CallAsync("Mailbox/query", question + "}");
        return (Querying.Ids(answer), answer.GetProperty("queryState").GetString()!);
    }

    private static async Task StepAsync(JmapHarness jmap, Random random, int step)
    {
        var mailboxes = (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).Where(one => one.Name != "INBOX").ToList();
        var one = mailboxes[random.Next(mailboxes.Count)];
        var other = mailboxes[random.Next(mailboxes.Count)];
        try
        {
            switch (random.Next(7))
            {
                case 0:
                    await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, $"{(random.Next(2) == 0 ? other.Name + "/" : "")}oak{step}", MailboxRole.None, default);
                    break;
                case 1 when mailboxes.Count > 3:
                    await jmap.Store.DeleteMailboxAsync(one.Id, default);
                    break;
                case 2:
                    await jmap.Store.RenameMailboxAsync(jmap.Ada.Id, one.Name, $"{(random.Next(2) == 0 ? other.Name + "/" : "")}elm{step}", default);
                    break;
                case 3:
                    await jmap.Store.SetSubscribedAsync(jmap.Ada.Id, one.Name, random.Next(2) == 0, default);
                    break;
                case 4:
                    await jmap.Store.Emails.UpdateMailboxAsync(one.Id, new MailboxUpdate { SortOrder = random.Next(4) }, default);
                    break;
                case 5:
                    await jmap.Store.Emails.UpdateMailboxAsync(one.Id, new MailboxUpdate { Role = random.Next(2) == 0 ? MailboxRole.None : MailboxRole.Flagged }, default);
                    break;
                default:
                    await jmap.DeliverAsync("Subject: x\n\n");
                    break;
            }
        }
        catch (StoreRefusedException)
        {
            // Below itself, or a role that is taken.
        }
    }

    /// <summary>Mailboxes by id: their names with what stands above them.</summary>
    private static async Task<Dictionary<string, string>> FillAsync(JmapHarness jmap)
    {
        foreach (var mailbox in await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default))
            if (mailbox.Name != "INBOX") await jmap.Store.DeleteMailboxAsync(mailbox.Id, default);
        foreach (var (name, role) in ((string, MailboxRole)[])[("Work/Zoo", MailboxRole.None), ("Work/Art", MailboxRole.Archive), ("Projects", MailboxRole.None), ("Beta/Old", MailboxRole.None)])
            await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, name, role, default);
        foreach (var subscription in await jmap.Store.ListSubscriptionsAsync(jmap.Ada.Id, default)) await jmap.Store.SetSubscribedAsync(jmap.Ada.Id, subscription.Name, false, default);
        await jmap.Store.SetSubscribedAsync(jmap.Ada.Id, "Projects", true, default);
        await jmap.Store.Emails.UpdateMailboxAsync((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Work", default))!.Id, new MailboxUpdate { SortOrder = 5 }, default);
        return (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).ToDictionary(one => JmapIds.Of(one.Id), one => one.Name == "INBOX" ? "Inbox" : one.Name);
    }
}
