using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

public sealed class FetchTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;

    public async ValueTask InitializeAsync() => mail = await MessagesFixture.CreateAsync();

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    private const string Mixed = """
        From: Ada <ada@demo.test>
        To: bob@demo.test
        Subject: parts
        Date: Sat, 14 Mar 2026 10:00:00 +0100
        Message-ID: <parts@demo.test>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        caf=C3=A9
        --b
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64

        AAEC
        --b--

        """;

    [Fact]
    public async Task Flags_uids_and_macros()
    {
        await mail.AddAsync("Subject: one\n\nbody\n", MessageFlags.Seen | MessageFlags.Flagged, new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(-5)), "$Forwarded");
        await mail.AddAsync("Subject: two\n\nbody\n", date: new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero));
        await mail.RunAsync(
            """
            C: a1 FETCH 1:* FLAGS
            S: * 1 FETCH (FLAGS (\Flagged \Seen $Forwarded))
            S: * 2 FETCH (FLAGS ())
            S: a1 OK done
            C: a2 UID FETCH 2 (FLAGS)
            S: * 2 FETCH (UID 2 FLAGS ())
            S: a2 OK done
            C: a3 FETCH 1 FAST
            S: * 1 FETCH (FLAGS (\Flagged \Seen $Forwarded) INTERNALDATE "03-Feb-2026 04:05:06 -0500" RFC822.SIZE 22)
            S: a3 OK done
            C: a4 FETCH 2 (UID RFC822.SIZE EMAILID THREADID)
            S: * 2 FETCH (UID 2 RFC822.SIZE 22 EMAILID (M*) THREADID (T*))
            S: a4 OK done
            C: a5 FETCH 3 FLAGS
            S: a5 BAD no message of that number
            C: a6 UID FETCH 7:9 FLAGS
            S: a6 OK done
            C: a7 UID FETCH 7:* FLAGS
            S: * 2 FETCH (UID 2 FLAGS ())
            S: a7 OK done
            C: a8 FETCH 1 FULL
            S: * 1 FETCH (FLAGS (*) INTERNALDATE "*" RFC822.SIZE 22 ENVELOPE (NIL "one" NIL NIL NIL NIL NIL NIL NIL NIL) BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 6 1))
            S: a8 OK done
            C: a9 FETCH 1 (PREVIEW SAVEDATE)
            S: * 1 FETCH (PREVIEW "body" SAVEDATE "14-Mar-2026 09:26:53 +0000")
            S: a9 OK done
            """);
    }

    [Fact]
    public async Task Sections_and_their_parts()
    {
        await mail.AddAsync(Mixed);
        await mail.RunAsync(
            """
            C: a1 FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT From)]
            S: * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT From)] {45}
            S: From: Ada <ada@demo.test>
            S: Subject: parts
            S:
            S: )
            S: a1 OK done
            C: a2 FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2]<1.2> BODY.PEEK[3])
            S: * 1 FETCH (BODY[1] {9}
            S: caf=C3=A9 BODY[1.MIME] {88}
            S: Content-Type: text/plain; charset=utf-8
            S: Content-Transfer-Encoding: quoted-printable
            S:
            S:  BODY[2]<1> {2}
            S: AE BODY[3] NIL)
            S: a2 OK done
            C: a3 FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[2] BINARY.PEEK[2]<1.9> BINARY.SIZE[4])
            S\: * 1 FETCH (BINARY[1] ~{5}\r\ncaf\xC3\xA9 BINARY.SIZE[2] 3 BINARY[2]<1> ~{2}\r\n\x01\x02 BINARY.SIZE[4] 0)\r\n
            S: a3 OK done
            C: a4 FETCH 1 (BODY.PEEK[]<0.4> BODY.PEEK[]<100000.4> RFC822.HEADER)
            S: * 1 FETCH (BODY[]<0> {4}
            S: From BODY[]<100000> {0}
            S:  RFC822.HEADER {*}
            S: From: Ada <ada@demo.test>
            S: To: bob@demo.test
            S: Subject: parts
            S: Date: Sat, 14 Mar 2026 10:00:00 +0100
            S: Message-ID: <parts@demo.test>
            S: MIME-Version: 1.0
            S: Content-Type: multipart/mixed; boundary=b
            S:
            S: )
            S: a4 OK done
            """);
    }

    [Fact]
    public async Task A_body_sets_Seen_and_tells_so_once()
    {
        await mail.AddAsync("Subject: one\n\nbody\n");
        await mail.AddAsync("Subject: two\n\nbody\n", MessageFlags.Seen);
        await mail.RunAsync(
            """
            C1: a1 FETCH 1:2 BODY[TEXT]
            S1: * 1 FETCH (BODY[TEXT] {6}
            S1: body
            S1:  FLAGS (\Seen))
            S1: * 2 FETCH (BODY[TEXT] {6}
            S1: body
            S1: )
            S1: a1 OK done
            C1: a2 NOOP
            S1: a2 OK *
            C2: b1 NOOP
            S2: * 1 FETCH (UID 1 FLAGS (\Seen))
            S2: b1 OK *
            C2: b2 FETCH 1 (RFC822.TEXT FLAGS)
            S2: * 1 FETCH (RFC822.TEXT {6}
            S2: body
            S2:  FLAGS (\Seen))
            S2: b2 OK done
            """, clients: 2);
    }

    [Fact]
    public async Task Examined_mail_stays_unseen()
    {
        await mail.AddAsync("Subject: one\n\nbody\n");
        await mail.RunAsync(
            """
            C: a1 FETCH 1 (RFC822.TEXT FLAGS)
            S: * 1 FETCH (RFC822.TEXT {6}
            S: body
            S:  FLAGS ())
            S: a1 OK done
            C: a2 STORE 1 +FLAGS \Seen
            S: a2 NO [NOPERM] the mailbox is read-only
            C: a3 EXPUNGE
            S: a3 NO [NOPERM] the mailbox is read-only
            C: a4 MOVE 1 Archive
            S: a4 NO [NOPERM] the mailbox is read-only
            """, select: "EXAMINE");
    }

    [Fact]
    public async Task Messages_gone_meanwhile_are_passed_over()
    {
        await mail.AddSubjectsAsync("one", "two", "three");
        await mail.RunAsync(
            """
            C1: a1 STORE 2 +FLAGS.SILENT \Deleted
            S1: a1 OK done
            C1: a2 EXPUNGE
            S1: * 2 EXPUNGE
            S1: a2 OK done
            C2: b1 FETCH 1:3 (UID RFC822.SIZE)
            S2: * 1 FETCH (UID 1 RFC822.SIZE *)
            S2: * 3 FETCH (UID 3 RFC822.SIZE *)
            S2: b1 OK [EXPUNGEISSUED] some of the messages are gone
            C2: b2 STORE 2 +FLAGS \Seen
            S2: b2 OK done
            C2: b3 UID STORE 2 +FLAGS \Seen
            S2: * 2 EXPUNGE
            S2: b3 OK done
            C2: b4 UID MOVE 2 Archive
            S2: b4 OK done
            """, clients: 2);
    }

    [Fact]
    public async Task CHANGEDSINCE_tells_what_changed()
    {
        await mail.AddSubjectsAsync("one", "two", "three");
        var changed = await mail.Store.StoreFlagsAsync(mail.Inbox.Id, [new UidRange(2, 2)], FlagChange.Add, new FlagSet(MessageFlags.Flagged, []), null, default);
        var modSeq = changed.HighestModSeq.Value;
        await mail.RunAsync(
            $"""
            C: a1 UID FETCH 1:* FLAGS (CHANGEDSINCE {modSeq - 1})
            S: * OK [HIGHESTMODSEQ {modSeq}] *
            S: * 2 FETCH (UID 2 FLAGS (\Flagged) MODSEQ ({modSeq}))
            S: a1 OK done
            C: a2 FETCH 1:* (UID) (CHANGEDSINCE 0)
            S: * 1 FETCH (UID 1 MODSEQ (*))
            S: * 2 FETCH (UID 2 MODSEQ ({modSeq}))
            S: * 3 FETCH (UID 3 MODSEQ (*))
            S: a2 OK done
            C: a3 FETCH 1 BODY[1]<0.1>
            S: * 1 FETCH (BODY[1]<0> *
            S: b FLAGS (\Seen) MODSEQ ({modSeq + 1}))
            S: a3 OK done
            C: a4 FETCH 1 FLAGS (VANISHED)
            S: a4 BAD *
            """);
    }

    [Fact]
    public async Task NUL_cannot_stand_in_a_literal()
    {
        await mail.AddAsync("Subject: nul\r\n\r\na\0b\r\n"u8.ToArray());
        await mail.RunAsync(
            """
            C: a1 FETCH 1 (BODY.PEEK[1] BINARY.PEEK[1])
            S\: * 1 FETCH (BODY[1] {5}\r\na\x80b\r\n BINARY[1] ~{5}\r\na\0b\r\n)\r\n
            S: a1 OK done
            """);
    }

    [Fact]
    public async Task Errors_are_BAD()
    {
        await mail.AddSubjectsAsync("one");
        await mail.RunAsync(
            """
            C: a1 FETCH 1
            S: a1 BAD *
            C: a2 FETCH 1 BODY[MIME]
            S: a2 BAD *
            C: a3 FETCH x FLAGS
            S: a3 BAD *
            C: a4 FETCH 1 (FLAGS
            S: a4 BAD *
            C: a5 FETCH 1 NONSENSE
            S: a5 BAD unknown item to fetch
            C: a6 FETCH 0 FLAGS
            S: a6 BAD *
            """);
    }

    [Fact]
    public async Task A_damaged_message_costs_the_command_and_not_the_connection()
    {
        await mail.AddAsync("Subject: damage\n\n" + string.Concat(Enumerable.Repeat("marked line\n", 2_000)));
        Damage("marked line"u8);
        await mail.RunAsync(
            """
            C: a1 FETCH 1 (UID BODY.PEEK[]<0.10> RFC822.SIZE)
            S: * 1 FETCH (UID 1 BODY[]<0> {10}
            S~: [ ]{11}RFC822.SIZE 26019\)
            S: a1 NO [CORRUPTION] a message is damaged on the server
            C: a2 SEARCH HEADER X-Other ""
            S: * SEARCH
            S: a2 OK done
            """);
    }

    private void Damage(ReadOnlySpan<byte> marker)
    {
        var isFound = false;
        foreach (var file in Directory.GetFiles(mail.Folder, "*.pack", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var octets = new byte[Math.Min(stream.Length, 1024 * 1024)];
            stream.ReadExactly(octets);
            if (octets.AsSpan().IndexOf(marker) is not (var at and >= 0)) continue;
            isFound = true;
            stream.Position = at;
            stream.WriteByte((byte)'X');
        }
        Assert.True(isFound);
    }
}
