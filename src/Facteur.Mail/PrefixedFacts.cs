namespace Facteur.Mail;

/// <summary>
/// Facts of a message before which header fields are put after it was parsed. Trace fields (RFC 5321 §4.4) and results of checks
/// say nothing that facts hold, so that only offsets move; for any other prefix the whole has to be parsed.
/// </summary>
public static class PrefixedFacts
{
    /// <summary>The facts that parsing <paramref name="prefix"/> and the message behind it gives; null when that has to be done to know them.</summary>
    /// <param name="facts">Those of the message alone.</param>
    /// <param name="start">Its first octets, three at least unless it is shorter.</param>
    /// <param name="limits">Those it was parsed with.</param>
    public static MessageFacts? Of(ReadOnlySpan<byte> prefix, MessageFacts facts, ReadOnlySpan<byte> start, MimeLimits limits)
    {
        if (prefix.IsEmpty) return facts;
        // Below the room of a single field nothing was cut short, nor will be. A byte order mark is passed over at the start only.
        if (facts.HeaderSize + prefix.Length > limits.MaxHeaderOctets / 4 || start.StartsWith("\uFEFF"u8) || !AreForeign(prefix)) return null;
        return facts with
        {
            Size = facts.Size + prefix.Length,
            HeaderSize = facts.HeaderSize + prefix.Length,
            Parts = PartTable.Behind(facts.Parts.Span, prefix.Length),
        };
    }

    /// <summary>Whole lines, none of them empty, and no field that facts are made of.</summary>
    private static bool AreForeign(ReadOnlySpan<byte> prefix)
    {
        var length = 0;
        foreach (var field in new HeaderFields(prefix))
        {
            if (HeaderIndex.IsKnown(field.Name)) return false;
            length += field.Raw.Length;
        }
        return length == prefix.Length && prefix[^1] == (byte)'\n';
    }
}
