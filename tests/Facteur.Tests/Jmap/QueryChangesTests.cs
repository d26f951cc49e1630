using System.Globalization;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Jmap;

/// <summary>Email/queryChanges: a result spliced with the answer is the fresh result, always (RFC 8620 §5.6, RFC 8621 §4.5).</summary>
public sealed class QueryChangesTests
{
    private static readonly string[] Words = ["alpha", "beta", "gamma"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Spliced_results_are_fresh_results(int seed)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var random = new Random(seed);
        var world = await QueryWorld.CreateAsync(jmap, random);
        for (var i = 0; i < 25; i++) await world.DeliverAsync();
        var clients = new List<Client>();
        for (var i = 0; i < 12; i++) clients.Add(await Client.StartAsync(jmap, world, random));
        for (var step = 0; step < 100; step++)
        {
            for (var i = random.Next(4); i >= 0; i--) await world.StepAsync();
            await clients[random.Next(clients.Count)].CheckAsync(random);
        }
        foreach (var client in clients) await client.CheckAsync(random);
    }

    // RFC 8620 §5.6, the example: spliced out, spliced in.
    [Fact]
    public async Task A_new_email_is_added_and_one_that_went_removed()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var first = await jmap.DeliverAsync("Subject: 1\n\n", at: jmap.Time.GetUtcNow().AddHours(-3));
        var second = await jmap.DeliverAsync("Subject: 2\n\n", at: jmap.Time.GetUtcNow().AddHours(-2));
        var before = await jmap.CallAsync("Email/query", "{}");
        await jmap.Store.Emails.UpdateAsync(jmap.Ada.Id, null, [new EmailUpdate(first) { Destroy = true }], default);
        var third = await jmap.DeliverAsync("Subject: 3\n\n");
        var state = before.GetProperty("queryState").GetString();
        var changes = await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{state}}", "calculateTotal": true}""");
        Assert.Equal(state, changes.GetProperty("oldQueryState").GetString());
        Assert.NotEqual(state, changes.GetProperty("newQueryState").GetString());
        Assert.Equal(JmapIds.Of(first), Assert.Single(changes.GetProperty("removed").EnumerateArray()).GetString());
        Assert.Equal($$"""[{"id":"{{JmapIds.Of(third)}}","index":0}]""", changes.GetProperty("added").ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(2, changes.GetProperty("total").GetInt32());
        Assert.Equal([JmapIds.Of(third), JmapIds.Of(second)], Querying.Splice(Querying.Ids(before), changes));
        Assert.Empty((await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{changes.GetProperty("newQueryState")}}"}""")).GetProperty("added").EnumerateArray());
    }

    [Fact]
    public async Task Too_many_changes_and_states_nobody_knows()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var state = (await jmap.CallAsync("Email/query", "{}")).GetProperty("queryState").GetString();
        for (var i = 0; i < 3; i++) await jmap.DeliverAsync("Subject: x\n\n");
        await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{state}}", "maxChanges": 3}""");
        await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{state}}", "maxChanges": 2}""", "tooManyChanges");
        await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{state}}", "maxChanges": -1}""", "invalidArguments");
        await jmap.CallAsync("Email/queryChanges", """{"filter": {}}""", "invalidArguments");
        foreach (var unknown in (string[])["999999", "x", "", "-1", "12-3", "1.abcdef012345"])
            await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{unknown}}"}""", "cannotCalculateChanges");
    }

    [Fact]
    public async Task A_search_that_came_to_mean_another_starts_anew()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.DeliverAsync("Subject: x\n\n");
        foreach (var (search, change) in ((string, Func<Task>)[])
        [
            ("older_than:7d", () => { jmap.Time.Advance(TimeSpan.FromDays(1)); return Task.CompletedTask; }),
            ("in:archive", async () => await jmap.Store.DeleteMailboxAsync((await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).Single(one => one.Role == MailboxRole.Archive).Id, default)),
            ("label:plans", async () => await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Plans", MailboxRole.None, default)),
            ("from:me", async () => await jmap.Accounts.AddAddressAsync("ada@example.com", "countess@example.com", null, default)),
        ])
        {
            var filter = $$"""{"query": "{{search}}"}""";
            var before = await jmap.CallAsync("Email/query", Querying.Arguments(filter));
            var state = before.GetProperty("queryState").GetString();
            var arguments = Querying.Arguments(filter, null, $"\"sinceQueryState\": \"{state}\"");
            await jmap.DeliverAsync("Subject: y\n\n");
            await jmap.CallAsync("Email/queryChanges", arguments);
            await change();
            Assert.NotEqual(state, (await jmap.CallAsync("Email/query", Querying.Arguments(filter))).GetProperty("queryState").GetString());
            await jmap.CallAsync("Email/queryChanges", arguments, "cannotCalculateChanges");
        }
    }

    [Fact]
    public async Task What_lies_behind_upToId_is_left_out_where_the_order_cannot_change()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = new List<string>();
        for (var i = 0; i < 6; i++) emails.Insert(0, JmapIds.Of(await jmap.DeliverAsync($"Subject: {i}\n\n", at: jmap.Time.GetUtcNow().AddHours(i))));
        var state = (await jmap.CallAsync("Email/query", "{}")).GetProperty("queryState").GetString();
        await jmap.DeliverAsync("Subject: late\n\n", at: jmap.Time.GetUtcNow().AddHours(-1));
        var first = JmapIds.Of(await jmap.DeliverAsync("Subject: early\n\n", at: jmap.Time.GetUtcNow().AddHours(9)));
        var immutable = await jmap.CallAsync("Email/queryChanges", $$"""{"sinceQueryState": "{{state}}", "upToId": "{{emails[2]}}"}""");
        Assert.Equal(first, Assert.Single(immutable.GetProperty("added").EnumerateArray()).GetProperty("id").GetString());
        var mutable = await jmap.CallAsync("Email/queryChanges", $$"""{"filter": {"notKeyword": "$draft"}, "sinceQueryState": "{{state}}", "upToId": "{{emails[2]}}"}""");
        Assert.Equal(2, mutable.GetProperty("added").GetArrayLength());
    }

    /// <summary>A client that keeps one result up to date.</summary>
    private sealed class Client(JmapHarness jmap, string filter, string sort, bool collapse)
    {
        private List<string> list = [];
        private string state = "";
        private int asked;

        private string More => $"\"collapseThreads\": {(collapse ? "true" : "false")}";

        // Written otherwise: no result is kept of it, as there may be of the question of queryChanges.
        private string Anew() => $"[{new string(' ', ++asked)}{sort[1..]}";

        public static async Task<Client> StartAsync(JmapHarness jmap, QueryWorld world, Random random)
        {
            var client = new Client(jmap, world.Filter(2), world.Sort(), random.Next(2) == 0);
            (client.list, client.state) = await client.FreshAsync();
            return client;
        }

        public async Task CheckAsync(Random random)
        {
            var changes = await jmap.CallAsync("Email/queryChanges", Querying.Arguments(filter, sort, $"{More}, \"sinceQueryState\": \"{state}\", \"calculateTotal\": true"));
            var (fresh, now) = await FreshAsync();
            var what = $"{filter} {sort} {collapse}";
            Assert.Equal((what, string.Join(' ', fresh)), (what, string.Join(' ', Querying.Splice(list, changes))));
            Assert.Equal((fresh.Count, now), (changes.GetProperty("total").GetInt32(), changes.GetProperty("newQueryState").GetString()));

            // The first ones, chosen without the whole, are the first of the whole.
            var (position, limit) = (random.Next(4), random.Next(1, 8));
            var few = await jmap.QueryAsync(filter, Anew(), $"{More}, \"position\": {position}, \"limit\": {limit}");
            Assert.Equal((what, string.Join(' ', fresh.Skip(position).Take(limit))), (what, string.Join(' ', few)));
            if (fresh.Count > 0) await CheckUpToAsync(fresh, random);
            (list, state) = (fresh, now);
        }

        private bool IsMutable => new[] { "Mailbox", "Keyword\"", "query" }.Any(word => (filter + sort.Replace("\"keyword\"", "", StringComparison.Ordinal)).Contains(word, StringComparison.Ordinal));

        // What a client has up to an id is right when it hears of changes up to there only.
        private async Task CheckUpToAsync(List<string> fresh, Random random)
        {
            var last = fresh[random.Next(fresh.Count)];
            var had = list.IndexOf(last);
            if (had < 0 || IsMutable) return;
            var changes = await jmap.CallAsync("Email/queryChanges", Querying.Arguments(filter, sort, $"{More}, \"sinceQueryState\": \"{state}\", \"upToId\": \"{last}\""));
            var spliced = Querying.Splice(list.Take(had + 1), changes);
            var wanted = fresh.Take(fresh.IndexOf(last) + 1).ToList();
            Assert.Equal(wanted, spliced.Take(wanted.Count));
        }

        private async Task<(List<string> List, string State)> FreshAsync()
        {
            var answer = await jmap.CallAsync("Email/query", Querying.Arguments(filter, Anew(), More + ", \"calculateTotal\": true"));
            var ids = Querying.Ids(answer);
            Assert.Equal(ids.Count, answer.GetProperty("total").GetInt32());
            Assert.Equal(ids.Count, ids.Distinct().Count());
            return (ids, answer.GetProperty("queryState").GetString()!);
        }
    }

    /// <summary>Emails in three mailboxes to which random things happen, and random questions about them.</summary>
    private sealed class QueryWorld
    {
        private readonly JmapHarness jmap;
        private readonly Random random;
        private readonly List<Mailbox> mailboxes = [];
        private readonly List<EmailId> emails = [];
        private int serial;

        private QueryWorld(JmapHarness jmap, Random random) => (this.jmap, this.random) = (jmap, random);

        public static async Task<QueryWorld> CreateAsync(JmapHarness jmap, Random random)
        {
            var world = new QueryWorld(jmap, random);
            world.mailboxes.Add((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!);
            foreach (var name in (string[])["One", "Two"]) world.mailboxes.Add(await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, name, MailboxRole.None, default));
            return world;
        }

        public async Task DeliverAsync()
        {
            var reply = serial > 0 && random.Next(2) == 0 ? $"In-Reply-To: <{random.Next(serial)}@x>\n" : "";
            var message = $"From: {Word()} <{Word()}@x.example>\nTo: {Word()}\nSubject: {(random.Next(2) == 0 ? "Re: " : "")}{Word()}\nMessage-ID: <{serial++}@x>\n{reply}Date: Mon, {random.Next(1, 29)} Jan 2024 00:00:00 +0000\n\n{Word()} {new string('x', random.Next(40))}\n";
            var at = new DateTimeOffset(2024, 1, random.Next(1, 29), 0, 0, 0, TimeSpan.Zero);
            emails.Add(await jmap.DeliverAsync(message, Mailbox().Name, Flags(), at));
        }

        public async Task StepAsync()
        {
            var email = emails[random.Next(emails.Count)];
            switch (random.Next(10))
            {
                case 0 or 1:
                    await DeliverAsync();
                    return;
                case 2:
                    await UpdateAsync(new EmailUpdate(email) { Destroy = true });
                    return;
                case 3:
                    await UpdateAsync(new EmailUpdate(email) { AddTo = [Mailbox().Id] });
                    return;
                case 4:
                    await UpdateAsync(new EmailUpdate(email) { ReplaceMailboxes = [Mailbox().Id] });
                    return;
                case 5 or 6:
                    await UpdateAsync(new EmailUpdate(email) { Replace = Flags() });
                    return;
                case 7:
                    await StoreDeletedAsync(FlagChange.Add);
                    return;
                case 8:
                    await StoreDeletedAsync(FlagChange.Remove);
                    return;
                default:
                    await jmap.Store.ExpungeAsync(Mailbox().Id, [Some()], onlyDeleted: true, default);
                    return;
            }
        }

        public string Filter(int depth)
        {
            var mailbox = JmapIds.Of(Mailbox().Id);
            switch (random.Next(depth > 0 ? 16 : 13))
            {
                case 0: return "{}";
                case 1 or 2: return $$"""{"inMailbox": "{{mailbox}}"}""";
                case 3: return $$"""{"inMailboxOtherThan": ["{{mailbox}}"]}""";
                case 4: return $$"""{"{{(random.Next(2) == 0 ? "before" : "after")}}": "2024-01-{{random.Next(1, 29):00}}T00:00:00Z"}""";
                case 5: return $$"""{"{{(random.Next(2) == 0 ? "hasKeyword" : "notKeyword")}}": "{{Keyword()}}"}""";
                case 6: return $$"""{"allInThreadHaveKeyword": "{{Keyword()}}"}""";
                case 7: return $$"""{"someInThreadHaveKeyword": "{{Keyword()}}"}""";
                case 8: return $$"""{"noneInThreadHaveKeyword": "{{Keyword()}}"}""";
                case 9: return $$"""{"text": "{{Word()}}"}""";
                case 10: return $$"""{"from": "{{Word()}}"}""";
                case 11: return $$"""{"subject": "{{Word()}}", "maxSize": {{random.Next(150, 250)}}}""";
                case 12: return $$"""{"query": "{{(random.Next(2) == 0 ? "in:inbox" : "-label:one")}} {{Word()}}"}""";
                default:
                    var operation = (string[])["AND", "OR", "NOT"];
                    return $$"""{"operator": "{{operation[random.Next(3)]}}", "conditions": [{{Filter(depth - 1)}}, {{Filter(depth - 1)}}]}""";
            }
        }

        public string Sort()
        {
            var comparators = Enumerable.Range(0, random.Next(1, 3)).Select(_ =>
            {
                var property = (string[])["receivedAt", "receivedAt", "size", "from", "to", "subject", "sentAt", "hasKeyword", "allInThreadHaveKeyword", "someInThreadHaveKeyword"];
                return $$"""{"property": "{{property[random.Next(property.Length)]}}", "keyword": "{{Keyword()}}", "isAscending": {{(random.Next(2) == 0 ? "true" : "false")}}}""";
            });
            return $"[{string.Join(", ", comparators)}]";
        }

        private async Task UpdateAsync(EmailUpdate update) => await jmap.Store.Emails.UpdateAsync(jmap.Ada.Id, null, [update], default);

        private async Task StoreDeletedAsync(FlagChange change) =>
            await jmap.Store.StoreFlagsAsync(Mailbox().Id, [Some()], change, new FlagSet(MessageFlags.Deleted, []), null, default);

        private UidRange Some()
        {
            var uid = (uint)random.Next(1, 40);
            return new UidRange(uid, uid + 2);
        }

        private Mailbox Mailbox() => mailboxes[random.Next(mailboxes.Count)];

        private FlagSet Flags() => new(
            (random.Next(2) == 0 ? MessageFlags.Seen : MessageFlags.None) | (random.Next(3) == 0 ? MessageFlags.Flagged : MessageFlags.None), random.Next(3) == 0 ? ["tag"] : []);

        private string Keyword() => ((string[])["$seen", "$flagged", "tag"])[random.Next(3)];

        private string Word() => Words[random.Next(Words.Length)];
    }
}
