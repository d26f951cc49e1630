using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

public sealed class StoreTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;

    public async ValueTask InitializeAsync()
    {
        mail = await MessagesFixture.CreateAsync();
        await mail.AddSubjectsAsync("one", "two", "three", "four");
    }

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    [Fact]
    public Task Flags_are_told_to_both_clients_once() => mail.RunAsync(
        """
        C1: a1 STORE 1:2 FLAGS (\Seen)
        S1: * 1 FETCH (FLAGS (\Seen))
        S1: * 2 FETCH (FLAGS (\Seen))
        S1: a1 OK done
        C1: a2 NOOP
        S1: a2 OK *
        C2: b1 NOOP
        S2: * 1 FETCH (UID 1 FLAGS (\Seen))
        S2: * 2 FETCH (UID 2 FLAGS (\Seen))
        S2: b1 OK *
        C1: a3 STORE 1 +FLAGS (\Answered)
        S1: * 1 FETCH (FLAGS (\Answered \Seen))
        S1: a3 OK done
        C2: b2 STORE 1 -FLAGS.SILENT \Seen
        S2: * 1 FETCH (FLAGS (\Answered))
        S2: b2 OK done
        C2: b3 NOOP
        S2: b3 OK *
        C1: a4 UID STORE 3 +FLAGS.SILENT \Flagged \Draft
        S1: * 1 FETCH (UID 1 FLAGS (\Answered))
        S1: a4 OK done
        """, clients: 2);

    [Fact]
    public Task New_keywords_are_announced_before_they_are_used() => mail.RunAsync(
        """
        C1: a1 STORE 2,4 +FLAGS ($Hello NIL)
        S1: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Hello NIL)
        S1: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Hello NIL \*)] *
        S1: * 2 FETCH (FLAGS ($Hello NIL))
        S1: * 4 FETCH (FLAGS ($Hello NIL))
        S1: a1 OK done
        C1: a2 STORE 4 FLAGS ()
        S1: * 4 FETCH (FLAGS ())
        S1: a2 OK done
        C1: a3 STORE 4 -FLAGS $Other
        S1: * 4 FETCH (FLAGS ())
        S1: a3 OK done
        C1: a4 SEARCH KEYWORD $hello
        S1: * SEARCH 2
        S1: a4 OK done
        C2: b1 NOOP
        S2: * FLAGS (* $Hello NIL)
        S2: * OK [PERMANENTFLAGS *
        S2: * 2 FETCH (UID 2 FLAGS ($Hello NIL))
        S2: * 4 FETCH (UID 4 FLAGS ())
        S2: b1 OK *
        """, clients: 2);

    [Fact]
    public async Task UNCHANGEDSINCE_leaves_alone_what_others_changed()
    {
        var changed = await mail.Store.StoreFlagsAsync(mail.Inbox.Id, [new UidRange(2, 2)], FlagChange.Add, new FlagSet(MessageFlags.Flagged, []), null, default);
        var modSeq = changed.HighestModSeq.Value;
        // RFC 7162 §3.1.3 examples 6 and 8.
        await mail.RunAsync(
            $"""
            C: a1 STORE 1:4 (UNCHANGEDSINCE {modSeq - 1}) +FLAGS.SILENT (\Deleted)
            S: * OK [HIGHESTMODSEQ {modSeq}] *
            S: * 1 FETCH (UID 1 MODSEQ ({modSeq + 1}))
            S: * 3 FETCH (UID 3 MODSEQ ({modSeq + 1}))
            S: * 4 FETCH (UID 4 MODSEQ ({modSeq + 1}))
            S: a1 OK [MODIFIED 2] some messages were changed meanwhile
            C: a2 UID STORE 1,4 (UNCHANGEDSINCE 0) +FLAGS (\Draft)
            S: a2 OK [MODIFIED 1,4] some messages were changed meanwhile
            C: a3 STORE 1 FLAGS ()
            S: * 1 FETCH (UID 1 FLAGS () MODSEQ ({modSeq + 2}))
            S: a3 OK done
            """);
    }

    [Fact]
    public Task Nonsense_is_BAD() => mail.RunAsync(
        """
        C: a1 STORE 1
        S: a1 BAD *
        C: a2 STORE 1 FLAG (\Seen)
        S: a2 BAD *
        C: a3 STORE 1 FLAGS (\Nonsense)
        S: a3 BAD *
        C: a4 STORE 9 FLAGS (\Seen)
        S: a4 BAD *
        C: a5 STORE 1 (UNCHANGEDSINCE x) FLAGS (\Seen)
        S: a5 BAD *
        C: a6 STORE 1 FLAGS (\Seen
        S: a6 BAD *
        """);
}
