namespace Facteur.Imap.Commands;

/// <summary>CAPABILITY: what the server can, now.</summary>
// RFC 9051 §6.1.1.
internal sealed record Capability : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Capability();
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        session.Writer.Raw("* CAPABILITY "u8);
        session.Writer.Raw(Capabilities.Of(session));
        session.Writer.EndLine();
        return ValueTask.CompletedTask;
    }
}
