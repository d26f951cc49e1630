using System.Text;
using Facteur.Accounts;
using Facteur.Imap;
using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap;

/// <summary>METADATA (RFC 5464), LIST-METADATA (RFC 9590), special use by METADATA (RFC 6154 §4).</summary>
public sealed class MetadataTests(ImapServer server) : IClassFixture<ImapServer>
{
    // Examples of RFC 5464 §4.2 to §4.4, in its order.
    private const string Examples = """
        C: a1 SETMETADATA "" (/shared/comment "Shared comment")
        S: a1 OK done
        C: a2 GETMETADATA "" /shared/comment
        S: * METADATA "" (/shared/comment "Shared comment")
        S: a2 OK done
        C: a3 SETMETADATA INBOX (/private/comment "My own comment")
        S: a3 OK done
        C: a4 GETMETADATA "INBOX" /private/comment
        S: * METADATA "INBOX" (/private/comment "My own comment")
        S: a4 OK done
        C: a5 GETMETADATA "INBOX" (/shared/comment /private/comment)
        S: * METADATA "INBOX" (/shared/comment NIL /private/comment "My own comment")
        S: a5 OK done
        C: a6 SETMETADATA INBOX (/private/filters/values/small "SMALLER 5000" /private/filters/values/boss "FROM \"boss@example.com\"")
        S: a6 OK done
        C: a7 GETMETADATA "INBOX" (DEPTH 1) (/private/filters/values)
        S: * METADATA "INBOX" (/private/filters/values/boss "FROM \"boss@example.com\"" /private/filters/values/small "SMALLER 5000")
        S: a7 OK done
        C: a8 SETMETADATA INBOX (/private/comment {33}
        S: + go on
        C\: My new comment across\r\ntwo lines.)\r\n
        S: a8 OK done
        C: a9 GETMETADATA INBOX /private/comment
        S: * METADATA "INBOX" (/private/comment {33}
        S: My new comment across
        S: two lines.)
        S: a9 OK done
        C: b1 SETMETADATA INBOX (/private/comment NIL)
        S: b1 OK done
        C: b2 SETMETADATA INBOX (/private/comment "My new comment" /shared/comment "Its sunny outside!")
        S: b2 OK done
        C: b3 GETMETADATA "INBOX" /private/comment /shared/comment
        S: * METADATA "INBOX" (/private/comment "My new comment" /shared/comment "Its sunny outside!")
        S: b3 OK done
        """;

    [Fact]
    public Task Examples_of_the_rfc() => server.RunLoggedInAsync(Examples);

    [Fact]
    public Task Examples_however_their_octets_are_cut() => server.RunLoggedInAsync(Examples, options: new TranscriptOptions { OctetByOctet = true });

    // RFC 5464 §4.2.1.
    [Fact]
    public Task Long_values_are_left_out_and_the_longest_is_told() => server.RunLoggedInAsync($"""
        C\: a1 SETMETADATA INBOX (/shared/comment {"{"}2199+{"}"}\r\n{new string('x', 2199)} /shared/other {"{"}2000+{"}"}\r\n{new string('y', 2000)} /private/comment "My own comment")\r\n
        S: a1 OK done
        C: a2 GETMETADATA "INBOX" (MAXSIZE 1024) (/shared/comment /private/comment /shared/other)
        S: * METADATA "INBOX" (/private/comment "My own comment")
        S: a2 OK [METADATA LONGENTRIES 2199] done
        C: a3 GETMETADATA (MAXSIZE 1024 DEPTH infinity) "INBOX" /shared
        S: a3 OK [METADATA LONGENTRIES 2199] done
        C: a4 GETMETADATA (DEPTH 0 MAXSIZE 14) INBOX /private/comment
        S: * METADATA "INBOX" (/private/comment "My own comment")
        S: a4 OK done
        """);

    [Fact]
    public Task Values_are_octets_and_an_empty_one_is_not_none() => server.RunLoggedInAsync("""
        C\: a1 SETMETADATA INBOX (/shared/Vendor/x/bin ~{4+}\r\na\0\r\n /shared/vendor/x/utf {2+}\r\n\xC3\xA9 /shared/vendor/x/empty "")\r\n
        S: a1 OK done
        C: a2 GETMETADATA INBOX (/shared/VENDOR/x/bin /shared/vendor/x/empty)
        S\: * METADATA "INBOX" (/shared/VENDOR/x/bin ~{4}\r\na\0\r\n /shared/vendor/x/empty "")\r\n
        S: a2 OK done
        C: a3 GETMETADATA INBOX /shared/vendor/x/utf
        S\: * METADATA "INBOX" (/shared/vendor/x/utf {2}\r\n\xC3\xA9)\r\n
        S: a3 OK done
        C: a4 ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: a4 OK done
        C: a5 GETMETADATA INBOX /shared/vendor/x/utf
        S: * METADATA "INBOX" (/shared/vendor/x/utf "é")
        S: a5 OK done
        C: a6 SETMETADATA INBOX (/shared/vendor/x/nil "NIL" /shared/vendor/x/empty NIL)
        S: a6 OK done
        C: a7 GETMETADATA (DEPTH INFINITY) INBOX (/shared/vendor /private)
        S: * METADATA "INBOX" (/shared/vendor/x/bin ~{4}
        S\: a\0\r\n /shared/vendor/x/nil "NIL" /shared/vendor/x/utf "é")\r\n
        S: a7 OK done
        """);

    // RFC 5464 §3.2.
    [Theory]
    [InlineData("/comment")]
    [InlineData("/public/comment")]
    [InlineData("comment")]
    [InlineData("/shared")]
    [InlineData("/shared/")]
    [InlineData("/shared//comment")]
    [InlineData("/shared/comment/")]
    [InlineData("\"/shared/a*b\"")]
    [InlineData("\"/shared/a%b\"")]
    [InlineData("/shared/a*b")]
    [InlineData("\"/shared/é\"")]
    [InlineData("\"/shared/a\tb\"")]
    [InlineData("/shared/vendor/token")]
    [InlineData("/private/vendor")]
    [InlineData("NIL")]
    [InlineData("\"\"")]
    public Task Names_that_are_none_are_bad(string name) => server.RunLoggedInAsync($"""
        C: a1 GETMETADATA INBOX {name}
        S: a1 BAD *
        C: a2 SETMETADATA INBOX ({name} "x")
        S: a2 BAD *
        """);

    [Fact]
    [Trait("Promise", "S-12")]
    public Task Names_and_lists_have_limits() => server.RunLoggedInAsync($"""
        C: a1 GETMETADATA INBOX /shared/{new string('x', 300)}
        S: a1 BAD *
        C: a2 GETMETADATA INBOX ({string.Join(' ', Enumerable.Range(0, 300).Select(n => $"/shared/n{n}"))})
        S: a2 BAD too many entries
        C: a3 SETMETADATA INBOX ({string.Join(' ', Enumerable.Range(0, 101).Select(n => $"/shared/n{n} NIL /shared/m{n} x{n}"))})
        S: a3 BAD *
        C: a4 SETMETADATA INBOX ({string.Join(' ', Enumerable.Range(0, 101).Select(n => $"/shared/n{n} \"x\""))})
        S: a4 NO [METADATA TOOMANY] *
        C: a5 GETMETADATA (DEPTH infinity) INBOX /shared
        S: a5 OK done
        C\: a6 SETMETADATA INBOX (/shared/comment {"{"}70000+{"}"}\r\n{new string('x', 70_000)} /private/comment "x")\r\n
        S: a6 NO [METADATA MAXSIZE 65536] *
        C: a7 GETMETADATA (DEPTH infinity) INBOX (/shared /private)
        S: a7 OK done
        C: a8 GETMETADATA (DEPTH 2) INBOX /shared/comment
        S: a8 BAD *
        C: a9 GETMETADATA (DEPTH) INBOX /shared/comment
        S: a9 BAD *
        C: b1 GETMETADATA INBOX
        S: b1 BAD *
        C: b2 SETMETADATA INBOX /shared/comment "x"
        S: b2 BAD *
        C: b3 SETMETADATA INBOX (/shared/comment x)
        S: b3 BAD *
        """);

    [Fact]
    public Task Only_what_is_there_has_annotations() => server.RunLoggedInAsync("""
        C: a1 GETMETADATA Nulle /shared/comment
        S: a1 NO [NONEXISTENT] *
        C: a2 SETMETADATA Nulle (/shared/comment "x")
        S: a2 NO [NONEXISTENT] *
        C: a3 CREATE A/B
        S: a3 OK *
        C: a4 DELETE A
        S: a4 OK *
        C: a5 SETMETADATA A (/shared/comment "x")
        S: a5 OK *
        C: a6 RENAME A C
        S: a6 OK *
        C: a7 GETMETADATA C /shared/comment
        S: * METADATA "C" (/shared/comment "x")
        S: a7 OK *
        C: a8 DELETE C/B
        S: a8 OK *
        """);

    // RFC 5464 §3.2.1.1.
    [Fact]
    public Task Who_runs_the_server_says_how_to_be_reached() => server.RunLoggedInAsync("""
        C: a1 GETMETADATA "" (/shared/comment /shared/admin)
        S: * METADATA "" (/shared/comment NIL /shared/admin "mailto:postmaster@demo.test")
        S: a1 OK *
        C: a2 SETMETADATA "" (/shared/comment "x" /shared/admin "mailto:me@demo.test")
        S: a2 NO [NOPERM] *
        C: a3 GETMETADATA (DEPTH 1) "" /shared
        S: * METADATA "" (/shared/admin "mailto:postmaster@demo.test")
        S: a3 OK *
        C: a4 SETMETADATA INBOX (/shared/admin "mailto:me@demo.test")
        S: a4 OK *
        """, imap: new ImapOptions { PlaintextOnLoopback = true, AdminUri = "mailto:postmaster@demo.test" });

    // RFC 6154 §5.4.
    [Fact]
    public Task A_special_use_is_read_and_given() => server.RunLoggedInAsync("""
        C: t0 CREATE SavedDrafts
        S: t0 OK *
        C: t1 GETMETADATA "Drafts" /private/specialuse
        S: * METADATA "Drafts" (/private/specialuse "\\Drafts")
        S: t1 OK *
        C: t2 SETMETADATA "SavedDrafts" (/private/specialuse "\\Drafts")
        S: * METADATA "Drafts" (/private/specialuse NIL)
        S: t2 OK *
        C: t3 LIST (SPECIAL-USE) "" *Drafts
        S: * LIST (\HasNoChildren \Drafts) "/" "SavedDrafts"
        S: t3 OK *
        C: t4 SETMETADATA "SavedDrafts" (/private/specialuse NIL)
        S: t4 OK *
        C: t5 GETMETADATA "SavedDrafts" /private/specialuse
        S: * METADATA "SavedDrafts" (/private/specialuse NIL)
        S: t5 OK *
        C: t6 SETMETADATA "SavedDrafts" (/private/specialuse "\\All")
        S: t6 NO [USEATTR] *
        C: t7 SETMETADATA "SavedDrafts" (/shared/comment "x" /private/specialuse "\\Sent \\Drafts")
        S: t7 NO [USEATTR] *
        C: t8 SETMETADATA INBOX (/private/specialuse "\\Sent")
        S: t8 NO [CANNOT] *
        C: t9 SETMETADATA "" (/private/specialuse "\\Sent")
        S: t9 NO [CANNOT] *
        C: u1 GETMETADATA SavedDrafts /shared/comment
        S: * METADATA "SavedDrafts" (/shared/comment NIL)
        S: u1 OK *
        C: u2 SETMETADATA INBOX (/private/specialuse NIL)
        S: u2 OK *
        """);

    // RFC 9590.
    [Fact]
    public Task Annotations_come_with_the_list() => server.RunLoggedInAsync("""
        C: A01 SETMETADATA INBOX ("/shared/vendor/cmu/cyrus-imapd/color" "#b71c1c")
        S: A01 OK *
        C: A02 LIST "" (INBOX Sent) RETURN (METADATA ("/shared/vendor/cmu/cyrus-imapd/color"))
        S: * LIST (*) "/" "INBOX"
        S: * METADATA "INBOX" (/shared/vendor/cmu/cyrus-imapd/color "#b71c1c")
        S: * LIST (*) "/" "Sent"
        S: * METADATA "Sent" (/shared/vendor/cmu/cyrus-imapd/color NIL)
        S: A02 OK *
        C: A03 LIST "" INBOX RETURN (METADATA (/shared/comment /private/specialuse) STATUS (MESSAGES))
        S: * LIST (*) "/" "INBOX"
        S: * STATUS "INBOX" (MESSAGES 0)
        S: * METADATA "INBOX" (/shared/comment NIL /private/specialuse NIL)
        S: A03 OK *
        C: A04 LIST "" INBOX RETURN (METADATA /shared/comment)
        S: A04 BAD *
        C: A05 LIST "" INBOX RETURN (METADATA (/comment))
        S: A05 BAD *
        """);

    // RFC 5464 §4.4.2.
    [Fact]
    public async Task Others_are_told_of_what_changes_once_they_enabled_it()
    {
        var account = await server.NewAccountAsync();
        await server.RunLoggedInAsync("""
            C1: a1 ENABLE METADATA
            S1: * ENABLED METADATA
            S1: a1 OK *
            C2: b1 SETMETADATA "" (/shared/comment "x")
            S2: b1 OK *
            C1: a2 NOOP
            S1: * METADATA "" /shared/comment
            S1: a2 OK *
            C1: a3 SETMETADATA INBOX (/shared/comment "mine")
            S1: a3 OK *
            C1: a4 NOOP
            S1: a4 OK *
            C1: a5 IDLE
            S1: + *
            C2: b2 SETMETADATA INBOX (/shared/comment "y" /private/comment "z")
            S2: b2 OK *
            S1: * METADATA "INBOX" /private/comment /shared/comment
            C1: DONE
            S1: a5 OK *
            C2: b3 NOOP
            S2: b3 OK *
            C2: b4 SETMETADATA Sent (/private/comment NIL)
            S2: b4 OK *
            C2: b5 RENAME Sent Partis
            S2: b5 OK *
            C1: a6 NOOP
            S1: * METADATA "Partis" /private/comment
            S1: a6 OK *
            """, account);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task A_session_that_misses_much_is_told_all_names()
    {
        var account = await server.NewAccountAsync();
        var inbox = (await server.Store.FindMailboxAsync(account.Id, "INBOX", default))!;
        var place = new AnnotationPlace(account.Id, inbox.Id);
        async Task ChangeAsync()
        {
            for (var n = 0; n < 12; n++)
            {
                var names = Enumerable.Range(0, 100).Select(i => $"/shared/n{n}-{i}").ToList();
                await server.Store.Annotations.WriteAsync(new AnnotationWrite(place, account.Id, [.. names.Select(name => new AnnotationChange(name, "1"u8.ToArray()))]), default);
                await server.Store.Annotations.WriteAsync(new AnnotationWrite(place, account.Id, [.. names.Select(name => new AnnotationChange(name, null))]), default);
            }
            await server.Store.Annotations.WriteAsync(new AnnotationWrite(place, account.Id, [new AnnotationChange("/shared/last", "1"u8.ToArray())]), default);
        }
        await server.RunLoggedInAsync("""
            C: a1 ENABLE METADATA
            S: * ENABLED METADATA
            S: a1 OK *
            !: change
            C: a2 NOOP
            S: * METADATA "INBOX" /shared/last
            S: a2 OK *
            """, account, options: new TranscriptOptions { Actions = new Dictionary<string, Func<Task>> { ["change"] = ChangeAsync } });
    }

    // RFC 5464 §3.3: private entries are each member's own.
    [Fact]
    public async Task Members_of_a_shared_account_have_private_entries_and_share_the_others()
    {
        var (reader, writer) = (await server.NewAccountAsync(), await server.NewAccountAsync());
        var shared = $"bureau{reader.Id.Value}@demo.test";
        await server.Administration.AddAccountAsync(new AccountDraft(shared) { Kind = AccountKind.Shared }, default);
        await server.Administration.SetShareAsync(shared, reader.Address, ShareRights.Read, default);
        await server.Administration.SetShareAsync(shared, writer.Address, ShareRights.Read | ShareRights.Write, default);
        await server.RunAsync($"""
            S1: * OK *
            C1: l LOGIN "{shared}*{writer.Address}" {ImapServer.Password}
            S1: l OK *
            S2: * OK *
            C2: l LOGIN "{shared}*{reader.Address}" {ImapServer.Password}
            S2: l OK *
            C2: e ENABLE METADATA
            S2: * ENABLED METADATA
            S2: e OK *
            C1: a2 SETMETADATA INBOX (/shared/comment "to all" /private/comment "to me")
            S1: a2 OK *
            C2: b1 GETMETADATA INBOX (/shared/comment /private/comment)
            S2: * METADATA "INBOX" (/shared/comment "to all" /private/comment NIL)
            S2: * METADATA "INBOX" /shared/comment
            S2: b1 OK *
            C2: b2 SETMETADATA INBOX (/private/comment "mine")
            S2: b2 OK *
            C2: b3 SETMETADATA INBOX (/shared/comment "mine")
            S2: b3 NO [NOPERM] *
            C2: b4 SETMETADATA "" (/shared/comment "mine")
            S2: b4 NO [NOPERM] *
            C2: b5 SETMETADATA Sent (/private/specialuse NIL)
            S2: b5 NO [NOPERM] *
            C1: a3 GETMETADATA INBOX /private/comment
            S1: * METADATA "INBOX" (/private/comment "to me")
            S1: a3 OK *
            """);
    }

    [Fact]
    public Task Where_scripts_are_kept_is_a_capability() => server.RunLoggedInAsync("""
        C: a1 CAPABILITY
        S~: \* CAPABILITY .* METADATA LIST-METADATA .* IMAPSIEVE=sieve://mail\.demo\.test
        S: a1 OK *
        """, imap: new ImapOptions { PlaintextOnLoopback = true, SieveServer = "sieve://mail.demo.test" });

    [Fact]
    public async Task Values_may_be_any_octets()
    {
        var account = await server.NewAccountAsync();
        var place = new AnnotationPlace(account.Id, null);
        var random = new Random(5464);
        for (var n = 0; n < 20; n++)
        {
            var value = new byte[random.Next(200)];
            random.NextBytes(value);
            var text = string.Concat(value.Select(octet => $"\\x{octet:X2}"));
            await server.RunLoggedInAsync($$"""
                C\: a1 SETMETADATA "" (/private/comment ~{{{value.Length}}+}\r\n{{text}})\r\n
                S: a1 OK *
                """, account);
            var found = Assert.Single(await server.Store.Annotations.ReadAsync(place, account.Id, new AnnotationQuery(["/private/comment"]), default));
            Assert.Equal(value, found.Value!.Value.ToArray());
        }
    }
}
