using System.Buffers;

namespace Facteur.Imap.Messages;

/// <summary>Reads message data items: "fetch-att" and the macros (RFC 9051 §9, RFC 3501 §9).</summary>
internal static class FetchItemParser
{
    /// <summary>Items of one command; a client that fetches the MIME header of each part by name needs some hundreds.</summary>
    private const int MaxItems = 1_000;

    private static readonly SearchValues<byte> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."u8);

    private static readonly FetchItem[] Plains =
    [
        FetchItem.Flags, FetchItem.Uid, FetchItem.InternalDate, FetchItem.Size, FetchItem.Envelope, FetchItem.Body, FetchItem.BodyStructure,
        FetchItem.ModSeq, FetchItem.EmailId, FetchItem.ThreadId, FetchItem.SaveDate, FetchItem.Preview,
        FetchItem.Rfc822, FetchItem.Rfc822Header, FetchItem.Rfc822Text,
    ];

    /// <summary>A macro, one item, or several in parentheses.</summary>
    public static List<FetchItem> Items(ref ImapReader reader)
    {
        var items = new List<FetchItem>(8);
        if (!reader.TryByte((byte)'('))
        {
            if (!TryMacro(ref reader, items)) items.Add(Item(ref reader));
            return items;
        }
        do
        {
            if (items.Count == MaxItems) throw new ImapRefusedException("LIMIT", "too many items in one FETCH");
            items.Add(Item(ref reader));
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        return items;
    }

    private static bool TryMacro(ref ImapReader reader, List<FetchItem> items)
    {
        var full = reader.TryAtom("FULL"u8);
        var all = !full && reader.TryAtom("ALL"u8);
        if (!full && !all && !reader.TryAtom("FAST"u8)) return false;
        items.AddRange([FetchItem.Flags, FetchItem.InternalDate, FetchItem.Size]);
        if (full || all) items.Add(FetchItem.Envelope);
        if (full) items.Add(FetchItem.Body);
        return true;
    }

    private static FetchItem Item(ref ImapReader reader)
    {
        var name = reader.TakeWhile(NameChars);
        if (reader.Peek() == '[')
        {
            if (Is(name, "BODY.PEEK"u8)) return SectionParser.Body(ref reader, peek: true);
            if (Is(name, "BODY"u8)) return SectionParser.Body(ref reader, peek: false);
            if (Is(name, "BINARY.PEEK"u8)) return SectionParser.Binary(ref reader, peek: true);
            if (Is(name, "BINARY"u8)) return SectionParser.Binary(ref reader, peek: false);
            if (Is(name, "BINARY.SIZE"u8)) return SectionParser.BinarySize(ref reader);
        }
        else
        {
            foreach (var item in Plains)
            {
                if (!Is(name, item.Label.Span[..^1])) continue;
                if (item.Kind == FetchKind.Preview) PreviewModifiers(ref reader);
                return item;
            }
        }
        throw new ImapSyntaxException("unknown item to fetch");
    }

    // "PREVIEW (LAZY)" (RFC 8970 §4.1): previews are stored, so none is too costly to give.
    private static void PreviewModifiers(ref ImapReader reader)
    {
        if (!reader.TryPrefix(" ("u8)) return;
        do
        {
            if (!reader.TryAtom("LAZY"u8)) throw new ImapSyntaxException("unknown modifier of PREVIEW");
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(name, word);
}
