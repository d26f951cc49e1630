using System.Buffers;
using System.Text;
using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>Untagged METADATA (RFC 5464 §4.4).</summary>
internal static class MetadataLine
{
    // ASTRING-CHAR, RFC 9051 §9.
    private static readonly SearchValues<char> AStringChars =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Select(c => (char)c).Where(c => !"(){%*\"\\".Contains(c, StringComparison.Ordinal))]);

    /// <summary>Entries with their values (§4.4.1): those asked for in their order, with what is below them. One that is not there is NIL, unless what is below was asked for.</summary>
    /// <returns>Octets of the longest value that was too long to be told; null when none was (§4.2.1).</returns>
    public static async ValueTask<int?> WriteAsync(
        ImapSession session, MetadataPlace place, IReadOnlyList<MetadataEntry> entries, AnnotationQuery query, IReadOnlyList<Annotation> found)
    {
        var writer = session.Writer;
        var told = new HashSet<string>(StringComparer.Ordinal);
        int? longest = null;
        foreach (var entry in entries)
        {
            var matching = found.Where(one => query.Matches(entry.Name, one.Name)).ToList();
            if (query.Depth == AnnotationDepth.Entry && matching.Count == 0) matching.Add(new Annotation(entry.Name, -1, null));
            foreach (var one in matching)
            {
                if (one is { Value: null, Octets: >= 0 }) longest = Math.Max(longest ?? 0, one.Octets);
                else if (told.Add(one.Name))
                {
                    if (told.Count == 1) Begin(writer, place);
                    writer.Raw(told.Count == 1 ? "("u8 : " "u8);
                    Write(writer, one.Name == entry.Name ? entry.Sent : one.Name, one.Value);
                    await writer.FlushIfFullAsync();
                }
            }
        }
        if (told.Count > 0) writer.Raw(")\r\n"u8);
        return longest;
    }

    /// <summary>One entry that has no value any more.</summary>
    public static void WriteNil(ImapWriter writer, MetadataPlace place, string name)
    {
        Begin(writer, place);
        writer.Raw("("u8);
        Write(writer, name, null);
        writer.Raw(")\r\n"u8);
    }

    /// <summary>Entries that others changed, without values (§4.4.2).</summary>
    public static void WriteNames(ImapWriter writer, MetadataPlace place, IEnumerable<string> names)
    {
        Begin(writer, place);
        var isFirst = true;
        foreach (var name in names)
        {
            if (!isFirst) writer.Space();
            isFirst = false;
            WriteName(writer, name);
        }
        writer.EndLine();
    }

    private static void Begin(ImapWriter writer, MetadataPlace place)
    {
        writer.Raw("* METADATA "u8);
        if (place.Mailbox is { } mailbox) writer.Mailbox(mailbox.Name);
        else writer.Raw("\"\""u8);
        writer.Space();
    }

    private static void Write(ImapWriter writer, string name, ReadOnlyMemory<byte>? value)
    {
        WriteName(writer, name);
        writer.Space();
        if (value is not { } octets) writer.Nil();
        else if (octets.Span.Contains((byte)0))
        {
            writer.BeginLiteral8(octets.Length);
            writer.Raw(octets.Span);
        }
        else writer.QuotedOrLiteral(octets.Span);
    }

    private static void WriteName(ImapWriter writer, string name)
    {
        if (name.AsSpan().ContainsAnyExcept(AStringChars)) writer.QuotedOrLiteral(Encoding.ASCII.GetBytes(name));
        else writer.Raw(name);
    }
}
