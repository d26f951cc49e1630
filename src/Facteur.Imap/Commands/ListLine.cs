namespace Facteur.Imap.Commands;

/// <summary>An untagged LIST line (RFC 9051 §7.3.1).</summary>
internal static class ListLine
{
    /// <param name="attributes">With their backslash.</param>
    /// <param name="childSubscribed">CHILDINFO: a mailbox below is subscribed to (RFC 9051 §6.3.9.6).</param>
    public static void Write(ImapSession session, string name, IReadOnlyList<string> attributes, bool childSubscribed = false) =>
        Write(session, "LIST", name, attributes, childSubscribed);

    /// <summary>An untagged LSUB line (RFC 3501 §7.2.3).</summary>
    public static void WriteLsub(ImapSession session, string name, IReadOnlyList<string> attributes) => Write(session, "LSUB", name, attributes, childSubscribed: false);

    private static void Write(ImapSession session, string verb, string name, IReadOnlyList<string> attributes, bool childSubscribed)
    {
        var writer = session.Writer;
        writer.BeginUntagged();
        writer.Raw(verb);
        writer.Raw(" ("u8);
        for (var i = 0; i < attributes.Count; i++)
        {
            if (i > 0) writer.Space();
            writer.Raw(attributes[i]);
        }
        writer.Raw(") \"/\" "u8);
        writer.Mailbox(name);
        if (childSubscribed) writer.Raw(" (\"CHILDINFO\" (\"SUBSCRIBED\"))"u8);
        writer.EndLine();
    }
}
