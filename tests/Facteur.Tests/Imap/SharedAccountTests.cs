using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Imap;

/// <summary>A shared account as its members see it.</summary>
public sealed class SharedAccountTests(ImapServer server) : IClassFixture<ImapServer>
{
    private const string ReadsOnly = """
        S: * OK *
        C: a LOGIN "{user}" soleil-42-papier
        S: a OK *
        C: b SELECT INBOX
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: b OK [READ-ONLY] *
        C: c STORE 1 +FLAGS (\Seen)
        S: c NO [NOPERM] *
        C: d FETCH 1 FLAGS
        S: * 1 FETCH (FLAGS (*))
        S: d OK *
        C: e COPY 1 Trash
        S: e NO [NOPERM] *
        C: f MOVE 1 Trash
        S: f NO [NOPERM] *
        C: g EXPUNGE
        S: g NO [NOPERM] *
        C: h CREATE mine
        S: h NO [NOPERM] *
        C: i RENAME Trash Bin
        S: i NO [NOPERM] *
        C: j DELETE Trash
        S: j NO [NOPERM] *
        C\: k APPEND INBOX {5+}\r\nhello\r\n
        S: k NO [NOPERM] *
        C: l STATUS INBOX (MESSAGES UNSEEN)
        S: * STATUS "INBOX" (MESSAGES 1 UNSEEN 1)
        S: l OK *
        """;

    private async Task<string> ShareAsync(ShareRights rights)
    {
        var member = await server.NewAccountAsync();
        var shared = $"bureau{member.Id.Value}@demo.test";
        var account = await server.Administration.AddAccountAsync(new AccountDraft(shared) { Kind = AccountKind.Shared }, default);
        await server.Administration.SetShareAsync(shared, member.Address, rights, default);
        await server.DeliverAsync(account.Account.Id);
        return $"{shared}*{member.Address}";
    }

    [Fact]
    public async Task Who_may_only_read_changes_nothing() =>
        await server.RunAsync(ReadsOnly.Replace("{user}", await ShareAsync(ShareRights.Read), StringComparison.Ordinal));

    [Fact]
    public async Task Who_may_write_does() => await server.RunAsync($"""
        S: * OK *
        C: a LOGIN "{await ShareAsync(ShareRights.Read | ShareRights.Write)}" soleil-42-papier
        S: a OK *
        C: b SELECT INBOX
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: * *
        S: b OK [READ-WRITE] *
        C: c MOVE 1 Trash
        S: * OK [COPYUID *
        S: * 1 EXPUNGE
        S: c OK *
        """);
}
