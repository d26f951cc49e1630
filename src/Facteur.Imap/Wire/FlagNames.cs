using System.Buffers;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>Flags as written on the wire (RFC 9051 §2.3.2).</summary>
internal static class FlagNames
{
    private static readonly (string Name, MessageFlags Flag)[] System =
    [
        ("\\Answered", MessageFlags.Answered), ("\\Flagged", MessageFlags.Flagged), ("\\Deleted", MessageFlags.Deleted),
        ("\\Seen", MessageFlags.Seen), ("\\Draft", MessageFlags.Draft),
    ];

    /// <summary>The system flag of a name without its backslash; null when there is none.</summary>
    public static MessageFlags? SystemFlag(string name)
    {
        foreach (var (known, flag) in System)
            if (known.AsSpan(1).Equals(name, StringComparison.OrdinalIgnoreCase)) return flag;
        return null;
    }

    /// <summary>Writes flags in parentheses.</summary>
    /// <param name="recent">Also \Recent, which only IMAP4rev1 knows (RFC 3501 §2.3.2).</param>
    public static void WriteList(IBufferWriter<byte> output, MessageFlags flags, KeywordTable keywords, bool recent = false)
    {
        output.Write("("u8);
        var first = true;
        foreach (var (name, flag) in System)
            if (flags.Has(flag)) Item(output, name, ref first);
        for (var i = 0; i < keywords.Names.Count; i++)
            if (flags.Has(MessageFlags.Keyword(i)) && keywords.Names[i] is { } name) Item(output, name, ref first);
        if (recent) Item(output, "\\Recent", ref first);
        output.Write(")"u8);
    }

    /// <summary>Writes all flags a mailbox knows, in parentheses: FLAGS, PERMANENTFLAGS.</summary>
    /// <param name="more">Also \*: new keywords can be made (RFC 9051 §7.1 PERMANENTFLAGS).</param>
    public static void WriteAll(ImapWriter writer, KeywordTable keywords, bool more)
    {
        writer.Raw("("u8);
        var first = true;
        foreach (var (name, _) in System) Item(writer, name, ref first);
        foreach (var name in keywords.Names)
            if (name is not null) Item(writer, name, ref first);
        if (more) Item(writer, "\\*", ref first);
        writer.Raw(")"u8);
    }

    private static void Item(IBufferWriter<byte> output, string name, ref bool first)
    {
        if (!first) output.Write(" "u8);
        first = false;
        Encoding.ASCII.GetBytes(name, output);
    }
}
