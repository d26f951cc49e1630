namespace Facteur.Imap.Messages;

/// <summary>What the commands of this folder share of CONDSTORE (RFC 7162 §3.1).</summary>
internal static class Condstore
{
    /// <summary>
    /// Commands that speak of mod-sequences switch CONDSTORE on; the first one with a mailbox selected is told HIGHESTMODSEQ (RFC 7162 §3.1).
    /// </summary>
    public static void Enable(ImapSession session)
    {
        if (session.Enabled.HasFlag(EnabledFeatures.Condstore)) return;
        session.Enable(EnabledFeatures.Condstore);
        session.Writer.Raw("* OK [HIGHESTMODSEQ "u8);
        session.Writer.Number(Math.Max(1, session.Mailbox.Snapshot.HighestModSeq.Value)); // never 0: RFC 7162 §7 "mod-sequence-value"
        session.Writer.Raw("] CONDSTORE is on\r\n"u8);
    }

    /// <summary>" MODSEQ (n)" of a message.</summary>
    public static void Write(ImapWriter writer, Storage.ModSeq modSeq)
    {
        writer.Raw(" MODSEQ ("u8);
        writer.Number(modSeq.Value);
        writer.Raw(")"u8);
    }
}
