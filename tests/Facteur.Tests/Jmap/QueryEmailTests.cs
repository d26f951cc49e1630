using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Jmap;

/// <summary>Email/query: filters, sorts, windows (RFC 8620 §5.5, RFC 8621 §4.4).</summary>
public sealed class QueryEmailTests
{
    private static readonly DateTimeOffset Monday = new(2024, 5, 13, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Filters_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        var work = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Work", default))!.Id);
        var inbox = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id);
        (string Filter, string Found)[] cases =
        [
            ("null", "a b c d e"),
            ("{}", "a b c d e"),
            ($$"""{"inMailbox": "{{work}}"}""", "c d"),
            ("""{"inMailbox": "m999"}""", ""),
            ("""{"inMailbox": "nothing"}""", ""),
            ($$"""{"inMailboxOtherThan": ["{{work}}"]}""", "a b d e"),
            ($$"""{"inMailboxOtherThan": ["{{work}}", "{{inbox}}", "x"]}""", ""),
            ("""{"inMailboxOtherThan": []}""", "a b c d e"),
            ("""{"before": "2024-05-15T09:00:00Z"}""", "a b"),
            ("""{"after": "2024-05-15T09:00:00Z"}""", "c d e"),
            ("""{"after": "2024-05-15T09:00:00.001Z"}""", "d e"),
            ("""{"after": "2024-05-14T00:00:00Z", "before": "2024-05-16T00:00:00Z"}""", "b c"),
            ($$"""{"minSize": {{Size(jmap, emails["c"])}}}""", "c"),
            ($$"""{"maxSize": {{Size(jmap, emails["c"])}}}""", "a b d e"),
            ("""{"hasKeyword": "$seen"}""", "a c"),
            ("""{"notKeyword": "$seen"}""", "b d e"),
            ("""{"hasKeyword": "PROJECT"}""", "c"),
            ("""{"hasKeyword": "nowhere"}""", ""),
            ("""{"allInThreadHaveKeyword": "$seen"}""", "c"),
            ("""{"someInThreadHaveKeyword": "$seen"}""", "a b c"),
            ("""{"noneInThreadHaveKeyword": "$seen"}""", "d e"),
            ("""{"hasAttachment": true}""", "c"),
            ("""{"hasAttachment": false}""", "a b d e"),
            ("""{"text": "élan"}""", "a"),
            ("""{"text": "ELAN moteur"}""", "a"),
            ("""{"text": "'moteur élan'"}""", ""),
            ("""{"text": "'élan du moteur'"}""", "a"),
            ("""{"text": "\"élan du moteur\""}""", "a"),
            ("""{"text": "bob@example.org"}""", "a b"),
            ("""{"text": ""}""", "a b c d e"),
            ("""{"body": "bob@example.org"}""", ""),
            ("""{"body": "worksheet"}""", "c"),
            ("""{"from": "bob"}""", "a b"),
            ("""{"from": "dubois émilie"}""", "c"),
            ("""{"from": "'émilie dubois'"}""", "c"),
            ("""{"from": "'dubois émilie'"}""", ""),
            ("""{"to": "ada"}""", "a d"),
            ("""{"cc": "team"}""", "d"),
            ("""{"bcc": "secret"}""", "d"),
            ("""{"subject": "motor"}""", "a b"),
            ("""{"subject": "d'été"}""", "e"),
            ("""{"header": ["X-Flag"]}""", "e"),
            ("""{"header": ["x-flag", "yes"]}""", "e"),
            ("""{"header": ["X-Flag", "no"]}""", ""),
            ("""{"header": ["Message-ID", "<c@x>"]}""", "c"),
            ("""{"header": ["Subject", "motor"]}""", "a b"),
            ("""{"operator": "AND", "conditions": [{"from": "bob"}, {"hasKeyword": "$seen"}]}""", "a"),
            ("""{"operator": "OR", "conditions": [{"from": "bob"}, {"hasAttachment": true}]}""", "a b c"),
            ("""{"operator": "NOT", "conditions": [{"from": "bob"}, {"hasAttachment": true}]}""", "d e"),
            ("""{"operator": "AND", "conditions": []}""", "a b c d e"),
            ("""{"operator": "OR", "conditions": []}""", ""),
            ("""{"operator": "NOT", "conditions": []}""", "a b c d e"),
            ("""{"operator": "NOT", "conditions": [{"operator": "OR", "conditions": [{"text": "worksheet"}, {"header": ["X-Flag"]}]}]}""", "a b d"),
            ("""{"query": "from:bob -is:unread"}""", "a"),
            ("""{"query": "in:inbox", "text": "élan"}""", "a"),
            ("""{"query": "fichier:plan"}""", "c"),
            ("""{"query": "label:work"}""", "c d"),
            ("""{"query": "keyword:project"}""", "c"),
            ("""{"query": "to:me"}""", "a d"),
            ("""{"query": "before:2024-05-15", "timeZone": "Pacific/Kiritimati"}""", "a b"),
            ("""{"query": "after:2024-05-15", "timeZone": "Pacific/Kiritimati"}""", "c d e"),
            ("""{"query": "after:2024-05-15T23:00", "timeZone": "Pacific/Kiritimati"}""", "c d e"),
        ];
        foreach (var (filter, found) in cases) Assert.Equal((filter, found), (filter, await jmap.FoundAsync(emails, filter)));
    }

    [Fact]
    public async Task Sorts_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        (string Sort, string Names)[] cases =
        [
            ("null", "e d c b a"),
            ("[]", "e d c b a"),
            ("""[{"property": "receivedAt"}]""", "a b c d e"),
            ("""[{"property": "receivedAt", "isAscending": false}]""", "e d c b a"),
            ("""[{"property": "size", "isAscending": false}, {"property": "receivedAt"}]""", "c"),
            ("""[{"property": "from"}, {"property": "receivedAt"}]""", "e d a b c"), // "", ada@…, Bob, Bob, Émilie
            ("""[{"property": "from", "collation": "i;ascii-casemap"}, {"property": "receivedAt"}]""", "e d a b c"),
            ("""[{"property": "to"}, {"property": "receivedAt"}]""", "b c e a d"),
            ("""[{"property": "subject"}, {"property": "receivedAt"}]""", "c e a b d"), // "", "d'été", "motor" twice, "Notes"
            ("""[{"property": "sentAt"}]""", "e a b c d"),
            ("""[{"property": "hasKeyword", "keyword": "$seen", "isAscending": false}, {"property": "receivedAt"}]""", "a c b d e"),
            ("""[{"property": "allInThreadHaveKeyword", "keyword": "$seen", "isAscending": false}, {"property": "receivedAt"}]""", "c a b d e"),
            ("""[{"property": "someInThreadHaveKeyword", "keyword": "$SEEN", "isAscending": false}, {"property": "receivedAt", "isAscending": false}]""", "c b a e d"),
            // RFC 8621 §4.4.2, the example sort
            ("""[{"property": "someInThreadHaveKeyword", "keyword": "$flagged", "isAscending": false}, {"property": "subject", "collation": "i;ascii-casemap"}, {"property": "receivedAt", "isAscending": false}]""", "b a c e d"),
        ];
        foreach (var (sort, names) in cases)
        {
            var sorted = await jmap.NamesAsync(emails, "null", sort);
            Assert.Equal((sort, names), (sort, names.Length == 1 ? sorted[..1] : sorted));
        }
    }

    [Fact]
    public async Task Threads_collapse_to_their_first_email_in_the_list()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        Assert.Equal("e d c b", await jmap.NamesAsync(emails, "{}", null, "\"collapseThreads\": true"));
        Assert.Equal("a c d e", await jmap.NamesAsync(emails, "{}", """[{"property": "receivedAt"}]""", "\"collapseThreads\": true"));
        Assert.Equal("a", await jmap.NamesAsync(emails, """{"hasKeyword": "$seen", "from": "bob"}""", null, "\"collapseThreads\": true"));
    }

    // RFC 8620 §5.5: position, anchor, anchorOffset, limit, calculateTotal.
    [Fact]
    public async Task Windows_of_a_result()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        foreach (var (written, names, position) in ((string, string, int)[])
        [
            ("\"position\": 0", "e d c b a", 0),
            ("\"position\": 2", "c b a", 2),
            ("\"position\": 5", "", 5),
            ("\"position\": 100, \"limit\": 3", "", 100),
            ("\"position\": -2", "b a", 3),
            ("\"position\": -100, \"limit\": 1", "e", 0),
            ("\"limit\": 2", "e d", 0),
            ("\"limit\": 0", "", 0),
            ("\"position\": 1, \"limit\": 2", "d c", 1),
            ("\"anchor\": \"@c\"", "c b a", 2),
            ("\"anchor\": \"@c\", \"anchorOffset\": -1, \"limit\": 2", "d c", 1),
            ("\"anchor\": \"@c\", \"anchorOffset\": -9", "e d c b a", 0),
            ("\"anchor\": \"@c\", \"anchorOffset\": 9", "", 11),
            ("\"anchor\": \"@c\", \"position\": 4", "c b a", 2),
            ("\"anchorOffset\": 2", "e d c b a", 0),
            ("\"anchor\": null, \"limit\": 1", "e", 0),
        ])
            foreach (var total in (string[])["", ", \"calculateTotal\": true"])
            {
                var arguments = written.Replace("@c", JmapIds.Of(emails["c"]), StringComparison.Ordinal) + total;
                var answer = await jmap.CallAsync("Email/query", Querying.Arguments("{}", null, arguments));
                Assert.Equal((arguments, names), (arguments, string.Join(' ', Querying.Ids(answer).Select(id => emails.Single(one => JmapIds.Of(one.Value) == id).Key))));
                Assert.Equal(position, answer.GetProperty("position").GetInt64());
                Assert.Equal(total.Length > 0, answer.TryGetProperty("total", out var count) && count.GetInt32() == 5);
                Assert.True(answer.GetProperty("canCalculateChanges").GetBoolean());
            }
    }

    [Fact]
    public async Task A_limit_that_is_ours_is_told()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxQueryLimit = 3 });
        await FillAsync(jmap);
        var answer = await jmap.CallAsync("Email/query", """{"filter": {}}""");
        Assert.Equal((3, 3), (Querying.Ids(answer).Count, answer.GetProperty("limit").GetInt32()));
        Assert.Equal(3, (await jmap.CallAsync("Email/query", """{"limit": 50}""")).GetProperty("limit").GetInt32());
        Assert.False((await jmap.CallAsync("Email/query", """{"limit": 3}""")).TryGetProperty("limit", out _));
    }

    [Fact]
    public async Task Errors_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        foreach (var (arguments, error) in ((string, string)[])
        [
            ("""{"anchor": "e999"}""", "anchorNotFound"),
            ("""{"anchor": "x"}""", "anchorNotFound"),
            ("""{"limit": -1}""", "invalidArguments"),
            ("""{"limit": 1.5}""", "invalidArguments"),
            ("""{"position": "0"}""", "invalidArguments"),
            ("""{"filter": []}""", "invalidArguments"),
            ("""{"nonsense": 1}""", "invalidArguments"),
            ("""{"filter": {"operator": "XOR", "conditions": []}}""", "invalidArguments"),
            ("""{"filter": {"operator": "AND"}}""", "invalidArguments"),
            ("""{"filter": {"operator": "AND", "conditions": [1]}}""", "invalidArguments"),
            ("""{"filter": {"operator": "AND", "conditions": [], "text": "x"}}""", "invalidArguments"),
            ("""{"filter": {"text": 1}}""", "invalidArguments"),
            ("""{"filter": {"text": null}}""", "invalidArguments"),
            ("""{"filter": {"hasAttachment": "yes"}}""", "invalidArguments"),
            ("""{"filter": {"before": "2024-05-15"}}""", "invalidArguments"),
            ("""{"filter": {"before": "2024-05-15T00:00:00+02:00"}}""", "invalidArguments"),
            ("""{"filter": {"minSize": -1}}""", "invalidArguments"),
            ("""{"filter": {"header": []}}""", "invalidArguments"),
            ("""{"filter": {"header": ["a", "b", "c"]}}""", "invalidArguments"),
            ("""{"filter": {"query": "x", "timeZone": "Mars/Olympus"}}""", "invalidArguments"),
            ("""{"filter": {"colour": "red"}}""", "unsupportedFilter"),
            ("""{"sort": {}}""", "invalidArguments"),
            ("""{"sort": [1]}""", "invalidArguments"),
            ("""{"sort": [{}]}""", "invalidArguments"),
            ("""{"sort": [{"property": "hasKeyword"}]}""", "invalidArguments"),
            ("""{"sort": [{"property": "colour"}]}""", "unsupportedSort"),
            ("""{"sort": [{"property": "subject", "collation": "i;klingon"}]}""", "unsupportedSort"),
        ])
            await jmap.CallAsync("Email/query", arguments, error);
    }

    [Fact]
    public async Task The_total_of_a_mailbox_is_what_the_mailbox_says()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await FillAsync(jmap);
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id;
        var told = (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).FindMailbox(inbox)!;
        foreach (var (collapse, total) in ((string, int)[])[("false", told.TotalEmails), ("true", told.TotalThreads)])
        {
            var arguments = $$"""{"filter": {"inMailbox": "{{JmapIds.Of(inbox)}}"}, "collapseThreads": {{collapse}}, "calculateTotal": true""";
            Assert.Equal(total, (await jmap.CallAsync("Email/query", arguments + ", \"limit\": 1}")).GetProperty("total").GetInt32());
            Assert.Equal(total, (await jmap.CallAsync("Email/query", arguments + ", \"position\": -1}")).GetProperty("total").GetInt32());
        }
        Assert.Equal((4, 3), (told.TotalEmails, told.TotalThreads));
    }

    // RFC 8621 §4.10: the requests with which a client opens a mailbox; here their first.
    [Fact]
    public async Task First_screen_of_a_mailbox()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        var inbox = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id);
        var answer = await jmap.CallAsync("Email/query", $$"""
            {"filter": {"inMailbox": "{{inbox}}"}, "sort": [{"isAscending": false, "property": "receivedAt"}], "collapseThreads": true, "position": 0, "limit": 30, "calculateTotal": true}
            """);
        Assert.Equal([JmapIds.Of(emails["e"]), JmapIds.Of(emails["d"]), JmapIds.Of(emails["b"])], Querying.Ids(answer));
        Assert.Equal(3, answer.GetProperty("total").GetInt32());
        Assert.Equal((await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).ModSeq.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.GetProperty("queryState").GetString());
    }

    [Fact]
    public async Task A_search_in_words_leaves_Junk_and_Trash_out()
    {
        await using var jmap = await JmapHarness.StartAsync();
        foreach (var mailbox in await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default))
            if (mailbox.Role is MailboxRole.Inbox or MailboxRole.Junk or MailboxRole.Trash) await jmap.DeliverAsync($"Subject: x {mailbox.Role}\n\n", mailbox.Name);
        Assert.Single(await jmap.QueryAsync("""{"query": "x"}"""));
        Assert.Equal(3, (await jmap.QueryAsync("""{"query": "x in:anywhere"}""")).Count);
        Assert.Single(await jmap.QueryAsync("""{"query": "x dans:corbeille"}"""));
        Assert.Single(await jmap.QueryAsync("""{"query": "x in:spam"}"""));
        Assert.Equal(3, (await jmap.QueryAsync("""{"text": "x"}""")).Count);
    }

    [Fact]
    public async Task What_is_snoozed_is_found()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var emails = await FillAsync(jmap);
        await jmap.Store.Emails.UpdateAsync(jmap.Ada.Id, null, [new EmailUpdate(emails["b"]) { Snooze = new EmailSnooze(Monday.AddYears(1)) }], default);
        Assert.Equal("b", await jmap.FoundAsync(emails, """{"query": "is:snoozed"}"""));
        Assert.Equal("a", await jmap.FoundAsync(emails, """{"query": "from:bob -is:snoozed"}"""));
    }

    [Fact]
    public async Task Another_account_is_not_there()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        foreach (var method in (string[])["Email/query", "Email/queryChanges", "Mailbox/query", "Mailbox/queryChanges", "SearchSnippet/get", "Search/parse"])
        {
            var more = method.EndsWith("Changes", StringComparison.Ordinal) ? "\"sinceQueryState\": \"0\"" : method == "SearchSnippet/get" ? "\"emailIds\": []" : method == "Search/parse" ? "\"query\": \"\"" : "";
            await jmap.CallAsync(method, $"{{{more}}}", "accountNotFound", by: bob);
        }
    }

    /// <summary>a and b are one conversation; a and c are read; c has an attachment, and is in Work alone; d is in INBOX and Work.</summary>
    private static async Task<Dictionary<string, EmailId>> FillAsync(JmapHarness jmap)
    {
        var emails = new Dictionary<string, EmailId>
        {
            ["a"] = await jmap.DeliverAsync("""
                From: Bob <bob@example.org>
                To: Ada <ada@example.com>
                Subject: motor
                Date: Mon, 13 May 2024 08:00:00 +0000
                Message-ID: <a@x>
                Content-Type: text/plain; charset=utf-8

                L’élan du moteur.
                """, flags: new FlagSet(MessageFlags.Seen, []), at: Monday),
            ["b"] = await jmap.DeliverAsync("""
                From: Bob <bob@example.org>
                Subject: Re: motor
                Date: Tue, 14 May 2024 08:00:00 +0000
                Message-ID: <b@x>
                In-Reply-To: <a@x>

                Yes.
                """, flags: new FlagSet(MessageFlags.Flagged, []), at: Monday.AddDays(1)),
            ["c"] = await jmap.DeliverAsync("""
                From: =?utf-8?Q?=C3=89milie_Dubois?= <emilie@example.net>
                Message-ID: <c@x>
                Date: Wed, 15 May 2024 08:00:00 +0000
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=x

                --x

                The worksheet is here.
                --x
                Content-Type: application/pdf; name=plan.pdf
                Content-Disposition: attachment; filename=plan.pdf
                Content-Transfer-Encoding: base64

                AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                --x--
                """, "Work", new FlagSet(MessageFlags.Seen, ["project"]), Monday.AddDays(2)),
            ["d"] = await jmap.DeliverAsync("""
                From: ada@example.com
                To: Zoe <zoe@example.com>, ada@example.com
                Cc: team@example.com
                Bcc: secret@example.com
                Subject: Notes
                Date: Thu, 16 May 2024 08:00:00 +0000
                Message-ID: <d@x>

                Plain.
                """, at: Monday.AddDays(3)),
            ["e"] = await jmap.DeliverAsync("""
                Subject: =?utf-8?Q?d=27=C3=A9t=C3=A9?=
                Date: Sun, 12 May 2024 08:00:00 +0000
                X-Flag: Yes
                Message-ID: <e@x>

                Sun.
                """, at: Monday.AddDays(4)),
        };
        var work = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Work", default))!;
        await jmap.Store.Emails.UpdateAsync(jmap.Ada.Id, null, [new EmailUpdate(emails["d"]) { AddTo = [work.Id] }], default);
        return emails;
    }

    private static long Size(JmapHarness jmap, EmailId email) =>
        jmap.Store.Emails.LookAsync(jmap.Ada.Id, default).Preserve().GetAwaiter().GetResult().TryFind(email, out var row) ? row.Size : 0;
}
