namespace Facteur.Imap.Commands;

/// <summary>NOOP and CHECK: nothing but what the session tells at the end of every command.</summary>
// RFC 9051 §6.1.2; CHECK is RFC 3501 §6.4.1, dropped by IMAP4rev2: every change here is durable already.
internal sealed record Noop : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Noop();
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel) => ValueTask.CompletedTask;
}
