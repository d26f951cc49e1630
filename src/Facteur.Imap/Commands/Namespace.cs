namespace Facteur.Imap.Commands;

/// <summary>NAMESPACE: personal mailboxes only, from the root.</summary>
// RFC 9051 §6.3.10 (also RFC 2342 §5).
internal sealed record Namespace : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Namespace();
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        session.Writer.Raw("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"u8);
        return ValueTask.CompletedTask;
    }
}
