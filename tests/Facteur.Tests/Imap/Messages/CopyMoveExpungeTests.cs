using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

public sealed class CopyMoveExpungeTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;

    public async ValueTask InitializeAsync()
    {
        mail = await MessagesFixture.CreateAsync();
        await mail.AddSubjectsAsync("one", "two", "three", "four", "five");
    }

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    [Fact]
    public Task Copy_tells_both_sides_UIDs() => mail.RunAsync(
        """
        C: a1 COPY 1:2,4 Archive
        S: a1 OK [COPYUID * 1:2,4 1:3] done
        C: a2 UID COPY 5,77 Archive
        S: a2 OK [COPYUID * 5 4] done
        C: a3 UID COPY 77 Archive
        S: a3 OK done
        C: a4 COPY 1 Nowhere
        S: a4 NO [TRYCREATE] there is no such mailbox
        C: a5 COPY 9 Archive
        S: a5 BAD *
        C: a6 COPY 1
        S: a6 BAD *
        C: a7 STATUS Archive (MESSAGES UIDNEXT)
        S: * STATUS "Archive" (MESSAGES 4 UIDNEXT 5)
        S: a7 OK *
        """);

    [Fact]
    public Task Move_tells_COPYUID_before_EXPUNGE() => mail.RunAsync(
        """
        C1: a1 MOVE 2:3,5 Archive
        S1: * OK [COPYUID * 2:3,5 1:3] moved
        S1: * 5 EXPUNGE
        S1: * 3 EXPUNGE
        S1: * 2 EXPUNGE
        S1: a1 OK done
        C2: b1 UID MOVE 2 Archive
        S2: * 5 EXPUNGE
        S2: * 3 EXPUNGE
        S2: * 2 EXPUNGE
        S2: b1 OK done
        C1: a2 MOVE 1 Nowhere
        S1: a2 NO [TRYCREATE] *
        C1: a3 UID MOVE 4 INBOX
        S1: * OK [COPYUID * 4 6] moved
        S1: * 2 EXPUNGE
        S1: * 2 EXISTS
        S1: * 1 RECENT
        S1: a3 OK done
        """, clients: 2);

    [Fact]
    public Task Expunge_removes_what_is_deleted() => mail.RunAsync(
        """
        C1: a1 STORE 1,3,4 +FLAGS.SILENT \Deleted
        S1: a1 OK done
        C1: a2 UID EXPUNGE 2:3
        S1: * 3 EXPUNGE
        S1: a2 OK done
        C1: a3 EXPUNGE
        S1: * 3 EXPUNGE
        S1: * 1 EXPUNGE
        S1: a3 OK done
        C1: a4 UID SEARCH ALL
        S1: * SEARCH 2 5
        S1: a4 OK done
        C1: a5 EXPUNGE
        S1: a5 OK done
        C2: b1 UID FETCH 1:* UID
        S2: * 1 FETCH (UID 1)
        S2: * 2 FETCH (UID 2)
        S2: * 3 FETCH (UID 3)
        S2: * 4 FETCH (UID 4)
        S2: * 5 FETCH (UID 5)
        S2: * 4 EXPUNGE
        S2: * 3 EXPUNGE
        S2: * 1 EXPUNGE
        S2: b1 OK done
        """, clients: 2);
}
