using System.Text.Json;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>R-23: whatever IMAP, POP3 and JMAP do to an account in any order, all of them show the same one.</summary>
public sealed class CoherenceTests
{
    private const int Steps = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(11)]
    public async Task After_each_step_every_protocol_shows_the_same_account(int seed)
    {
        await using var jmap = await JmapHarness.StartAsync();
        await using var imap = await ImapProgram.LogInAsync(jmap);
        await using var follower = await ImapProgram.LogInAsync(jmap);
        await follower.FollowAsync("INBOX");
        var pop = new PopProgram(jmap);
        var changes = new[] { "Email", "Thread", "Mailbox" }.Select(type => new ChangesClient(jmap, type, 3)).ToList();
        foreach (var client in changes) await client.LoadAsync();
        var random = new Random(seed);
        var changer = new CoherenceChanger(jmap, imap, pop, random);
        for (var step = 0; step < Steps; step++)
        {
            var what = await changer.ChangeAsync();
            try
            {
                await CompareAsync(jmap, imap, follower, pop);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"step {step}: after {what}: {e.Message}", e);
            }
            if (random.Next(4) == 0) await changes[random.Next(3)].StepAsync();
        }
        foreach (var client in changes) await client.CatchUpAsync();
    }

    private static async Task CompareAsync(JmapHarness jmap, ImapProgram imap, ImapProgram follower, PopProgram pop)
    {
        var account = await JmapAccountView.ReadAsync(jmap);
        var mailboxes = await imap.ListAsync();
        Assert.Equal(mailboxes.Select(one => one.Name).Order(StringComparer.Ordinal), account.Mailboxes.Keys.Order(StringComparer.Ordinal));
        var all = new Dictionary<string, (string Thread, HashSet<string> Mailboxes, HashSet<string> Keywords)>();
        foreach (var mailbox in mailboxes.Where(one => one.IsSelectable))
        {
            var shown = account.Mailboxes[mailbox.Name];
            Assert.Equal($"m{mailbox.Id}", shown.GetProperty("id").GetString());
            var messages = await imap.ReadAsync(mailbox.Name);
            Assert.Equal((mailbox.Messages, mailbox.Unseen), (messages.Count, messages.Count(one => !one.Flags.Contains("\\Seen"))));
            foreach (var message in messages.Where(one => !one.IsDeleted))
            {
                if (!all.TryGetValue($"e{message.Email}", out var email)) all.Add($"e{message.Email}", email = ($"t{message.Thread}", [], []));
                email.Mailboxes.Add($"m{mailbox.Id}");
                email.Keywords.UnionWith(message.Flags.Select(flag => flag.ToLowerInvariant().Replace('\\', '$')));
            }
            if (mailbox.Name != "INBOX") continue;
            Assert.Equal(messages.Select(one => (one.Uid, ImapProgram.Sorted(string.Join(' ', one.Flags)))), await follower.LookAsync());
            Assert.Equal(messages.Select(one => one.Size), await pop.ListAsync());
        }
        Assert.Equal(all.Select(Line).Order(StringComparer.Ordinal), account.Emails.Select(Line).Order(StringComparer.Ordinal));
        foreach (var shown in account.Mailboxes.Values) account.CheckCounts(shown);
    }

    private static string Line(KeyValuePair<string, (string Thread, HashSet<string> Mailboxes, HashSet<string> Keywords)> email) =>
        $"{email.Key} {email.Value.Thread} in {string.Join(' ', email.Value.Mailboxes.Order(StringComparer.Ordinal))}: {string.Join(' ', email.Value.Keywords.Order(StringComparer.Ordinal))}";
}

/// <summary>An account as JMAP shows it.</summary>
internal sealed record JmapAccountView(
    IReadOnlyDictionary<string, JsonElement> Mailboxes, IReadOnlyDictionary<string, (string Thread, HashSet<string> Mailboxes, HashSet<string> Keywords)> Emails)
{
    /// <summary>Reads it in one request; mailboxes are by the names IMAP gives them.</summary>
    public static async Task<JmapAccountView> ReadAsync(JmapHarness jmap)
    {
        var response = (await jmap.RequestAsync($$"""
            [["Mailbox/get", {"accountId": "{{jmap.AccountId}}"}, "0"], ["Email/get", {"accountId": "{{jmap.AccountId}}", "properties": ["threadId", "mailboxIds", "keywords"]}, "1"]]
            """)).GetProperty("methodResponses");
        Assert.Equal(response[0][1].GetProperty("state").GetString(), response[1][1].GetProperty("state").GetString());
        var byId = response[0][1].GetProperty("list").EnumerateArray().ToDictionary(one => one.GetProperty("id").GetString()!);
        var emails = response[1][1].GetProperty("list").EnumerateArray().ToDictionary(
            one => one.GetProperty("id").GetString()!,
            one => (one.GetProperty("threadId").GetString()!, one.GetProperty("mailboxIds").Names().ToHashSet(), one.GetProperty("keywords").Names().ToHashSet()));
        return new JmapAccountView(byId.Values.ToDictionary(one => PathOf(one, byId)), emails);
    }

    /// <summary>Counts as RFC 8621 §2 defines them, from the emails.</summary>
    public void CheckCounts(JsonElement mailbox)
    {
        var id = mailbox.GetProperty("id").GetString()!;
        var trash = Mailboxes.Values.FirstOrDefault(one => one.GetProperty("role").GetString() == "trash") is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("id").GetString() : null;
        var here = Emails.Values.Where(one => one.Mailboxes.Contains(id)).ToList();
        var threads = here.Select(one => one.Thread).ToHashSet();
        var unread = Emails.Values.Where(IsUnread).Where(one => id == trash ? one.Mailboxes.Contains(id) : !(one.Mailboxes.Count == 1 && one.Mailboxes.Contains(trash ?? "")));
        Assert.Equal(
            (here.Count, here.Count(IsUnread), threads.Count, unread.Select(one => one.Thread).Where(threads.Contains).Distinct().Count()),
            (Count("totalEmails"), Count("unreadEmails"), Count("totalThreads"), Count("unreadThreads")));

        int Count(string property) => mailbox.GetProperty(property).GetInt32();
    }

    private static bool IsUnread((string Thread, HashSet<string> Mailboxes, HashSet<string> Keywords) email) => !email.Keywords.Contains("$seen") && !email.Keywords.Contains("$draft");

    private static string PathOf(JsonElement mailbox, Dictionary<string, JsonElement> byId)
    {
        var name = mailbox.GetProperty("name").GetString()!;
        if (mailbox.GetProperty("role").GetString() == "inbox") name = "INBOX";
        return mailbox.GetProperty("parentId").GetString() is { } parent ? PathOf(byId[parent], byId) + "/" + name : name;
    }
}
