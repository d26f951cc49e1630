using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

public sealed class SearchTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;

    public async ValueTask InitializeAsync()
    {
        mail = await MessagesFixture.CreateAsync();
        await mail.AddAsync(
            "From: Élodie <elo@demo.test>\nTo: bob@demo.test\nCc: zoe@demo.test\nSubject: =?utf-8?Q?Caf=C3=A9_cr=C3=A8me?=\nMessage-ID: <one@demo.test>\nDate: Sat, 24 Mar 2007 23:00:00 +0200\nX-Spam: no way\n\nLe petit déjeuner\n",
            MessageFlags.Seen, new DateTimeOffset(2007, 3, 24, 23, 30, 0, TimeSpan.FromHours(2)));
        await mail.AddAsync(
            "From: Bob <bob@demo.test>\nTo: elo@demo.test\nSubject: NIL\nMessage-ID: <two@demo.test>\nIn-Reply-To: <one@demo.test>\nDate: Sun, 25 Mar 2007 00:10:00 +0200\n\nnil and more\n" + new string('x', 2000) + "\n",
            MessageFlags.Flagged | MessageFlags.Answered, new DateTimeOffset(2007, 3, 25, 1, 0, 0, TimeSpan.Zero), "$Work");
        await mail.AddAsync("Subject: third\nX-Spam:\n\nlast\n", MessageFlags.Deleted, new DateTimeOffset(2026, 3, 14, 9, 26, 43, TimeSpan.Zero));
    }

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    private static readonly (string Keys, string Found)[] Keys =
    [
        ("ALL", "1 2 3"),
        ("SEEN", "1"),
        ("UNSEEN UNDELETED", "2"),
        ("OR SEEN KEYWORD $work", "1 2"),
        ("NOT (FLAGGED ANSWERED)", "1 3"),
        ("UNKEYWORD $Work NOT DELETED", "1"),
        ("2:3 NOT UID 3", "2"),
        ("*", "3"),
        ("7:9", ""),
        ("UID 7:*", "3"),
        ("SUBJECT \"cafe creme\"", "1"),
        ("SUBJECT NIL", "2"),
        ("FROM ELODIE", "1"),
        ("TO elo@demo CC x", ""),
        ("CC zoe", "1"),
        ("BCC zoe", ""),
        ("FROM \"\"", "1 2 3"),
        ("BODY dejeuner", "1"),
        ("BODY NIL", "2"),
        ("BODY Subject", ""),
        ("TEXT nil", "2"),
        ("TEXT \"one@demo\"", "1 2"),
        ("TEXT x-spam", "1 3"),
        ("HEADER X-Spam \"\"", "1 3"),
        ("HEADER x-spam WAY", "1"),
        ("HEADER Message-ID <two@demo.test>", "2"),
        ("HEADER Subject \"crème\"", "1"),
        ("HEADER In-Reply-To one@", "2"),
        ("SENTBEFORE 25-Mar-2007", "1"),
        ("SENTON 25-Mar-2007", "2"),
        ("SENTSINCE 24-Mar-2007", "1 2"),
        ("BEFORE 25-Mar-2007", "1"),
        ("ON 25-Mar-2007", "2"),
        ("SINCE 25-Mar-2007", "2 3"),
        ("NOT SINCE 25-Mar-2007 SEEN", "1"),
        ("SAVEDON 14-Mar-2026", "1 2 3"),
        ("YOUNGER 11", "3"),
        ("OLDER 11", "1 2"),
        ("LARGER 1000", "2"),
        ("SMALLER 1000", "1 3"),
        ("OR (BODY last SEEN) (OR LARGER 1000 TEXT zoe@)", "1 2"),
    ];

    [Fact]
    public Task Keys_find_what_they_say() => mail.RunAsync(string.Concat(Keys.Select((key, i) =>
        $"""
        C: k{i} SEARCH {key.Keys}
        S: * SEARCH{(key.Found.Length > 0 ? " " + key.Found : "")}
        S: k{i} OK done

        """)));

    [Fact]
    public Task Strings_are_read_in_their_charset() => mail.RunAsync(
        """
        C\: a1 SEARCH CHARSET UTF-8 FROM {7+}\r\n\xC3\x89lodie SEEN\r\n
        S: * SEARCH 1
        S: a1 OK done
        C\: a2 SEARCH CHARSET ISO-8859-1 SUBJECT {4+}\r\ncaf\xE9\r\n
        S: * SEARCH 1
        S: a2 OK done
        C\: a3 SEARCH TEXT {4+}\r\ncaf\xE9\r\n
        S: * SEARCH 1
        S: a3 OK done
        """);

    [Fact]
    public Task Extended_results() => mail.RunAsync(
        """
        C: a1 SEARCH RETURN (MIN MAX COUNT ALL) UNDELETED
        S: * ESEARCH (TAG "a1") MIN 1 MAX 2 ALL 1:2 COUNT 2
        S: a1 OK done
        C: a2 UID SEARCH RETURN () 1000
        S: * ESEARCH (TAG "a2") UID
        S: a2 OK done
        C: a3 SEARCH RETURN (COUNT) 1000
        S: * ESEARCH (TAG "a3") COUNT 0
        S: a3 OK done
        C: a4 SEARCH RETURN (NONSENSE) ALL
        S: a4 BAD unknown result option
        C: a5 SEARCH CHARSET X-NONSENSE ALL
        S: a5 NO [BADCHARSET (*)] *
        C: a6 SEARCH
        S: a6 BAD *
        """);

    [Fact]
    public Task Saved_results_are_used_as_a_set() => mail.RunAsync(
        """
        C: a1 FETCH $ UID
        S: a1 OK done
        C: a2 SEARCH RETURN (SAVE) UNDELETED
        S: a2 OK done
        C: a3 UID FETCH $ FLAGS
        S: * 1 FETCH (UID 1 FLAGS (\Seen))
        S: * 2 FETCH (UID 2 FLAGS (* $Work))
        S: a3 OK done
        C: a4 SEARCH RETURN (SAVE MIN) $
        S: * ESEARCH (TAG "a4") MIN 1
        S: a4 OK done
        C: a5 SEARCH $
        S: * SEARCH 1
        S: a5 OK done
        C: a6 SEARCH RETURN (SAVE) CHARSET X-NONSENSE ALL
        S: a6 NO [BADCHARSET (*)] *
        C: a7 STORE $ +FLAGS.SILENT \Deleted
        S: a7 OK done
        C: a8 EXPUNGE
        S: * 3 EXPUNGE
        S: * 1 EXPUNGE
        S: a8 OK done
        C: a9 UID SEARCH UID $
        S: * SEARCH
        S: a9 OK done
        """);

    [Fact]
    public async Task MODSEQ_is_told_with_the_highest_found()
    {
        var changed = await mail.Store.StoreFlagsAsync(mail.Inbox.Id, [new UidRange(2, 2)], FlagChange.Remove, new FlagSet(MessageFlags.Flagged, []), null, default);
        var modSeq = changed.HighestModSeq.Value;
        await mail.RunAsync(
            $"""
            C: a1 SEARCH MODSEQ {modSeq}
            S: * OK [HIGHESTMODSEQ {modSeq}] *
            S: * SEARCH 2 (MODSEQ {modSeq})
            S: a1 OK done
            C: a2 SEARCH MODSEQ "/flags/\\draft" all {modSeq + 1}
            S: * SEARCH
            S: a2 OK done
            C: a3 SEARCH RETURN (ALL) MODSEQ 1
            S: * ESEARCH (TAG "a3") ALL 1:3 MODSEQ {modSeq}
            S: a3 OK done
            """);
    }

    [Fact]
    public Task IMAP4rev2_is_answered_by_ESEARCH() => mail.RunAsync(
        """
        C: a1 UID SEARCH SEEN
        S: * ESEARCH (TAG "a1") UID ALL 1
        S: a1 OK done
        C: a2 SEARCH KEYWORD $nothing
        S: * ESEARCH (TAG "a2")
        S: a2 OK done
        """, enable: "IMAP4rev2");

    [Fact]
    public async Task Sorted_and_threaded()
    {
        await mail.AddAsync("From: ann@demo.test\nSubject: Re: Nil\nMessage-ID: <four@demo.test>\nReferences: <one@demo.test> <two@demo.test>\nDate: Mon, 26 Mar 2007 00:00:00 +0000\n\nx\n");
        await mail.RunAsync(
            """
            C: a1 SORT (SUBJECT) UTF-8 ALL
            S: * SORT 1 2 4 3
            S: a1 OK done
            C: a2 UID SORT (REVERSE DATE) US-ASCII UNDELETED
            S: * SORT 4 2 1
            S: a2 OK done
            C: a3 SORT (FROM REVERSE SIZE) UTF-8 1:3
            S: * SORT 3 2 1
            S: a3 OK done
            C: a4 SORT (ARRIVAL) UTF-8 SUBJECT nothing
            S: * SORT
            S: a4 OK done
            C: a5 THREAD REFERENCES UTF-8 ALL
            S: * THREAD (1 2 4)(3)
            S: a5 OK done
            C: a6 UID THREAD ORDEREDSUBJECT UTF-8 ALL
            S: * THREAD (1)(2 4)(3)
            S: a6 OK done
            C: a7 THREAD NONSENSE UTF-8 ALL
            S: a7 BAD *
            C: a8 SORT () UTF-8 ALL
            S: a8 BAD *
            C: a9 SORT (DATE) X-NONSENSE ALL
            S: a9 NO [BADCHARSET (*)] *
            """);
    }
}
