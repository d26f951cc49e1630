namespace Facteur.Mail;

/// <summary>What the message's own header says, decoded for people, threads and searches.</summary>
internal sealed class HeaderFacts
{
    public string Subject { get; private set; } = "";
    public DateTimeOffset? SentDate { get; private set; }
    public string? MessageId { get; private set; }
    public IReadOnlyList<string> References { get; private set; } = [];
    public ReadOnlyMemory<byte> Folded { get; private set; } = "\0\0\0\0\0"u8.ToArray();

    public void Read(HeaderIndex header)
    {
        Subject = EncodedWords.Decode(header.First(KnownField.Subject)).Trim();
        if (MailDate.TryParse(header.First(KnownField.Date), out var date)) SentDate = date;
        var ids = MessageIds.Parse(header.First(KnownField.MessageId));
        if (ids.Count > 0) MessageId = ids[0];
        References = ReadReferences(header);
        Folded = ReadFolded(header);
    }

    private static List<string> ReadReferences(HeaderIndex header)
    {
        var references = new List<string>();
        var seen = new HashSet<string>();
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.References, KnownField.InReplyTo])
        {
            if (!header.Has(field)) continue;
            foreach (var id in MessageIds.Parse(header.First(field)))
                if (seen.Add(id)) references.Add(id);
        }
        return references;
    }

    private byte[] ReadFolded(HeaderIndex header)
    {
        // No text folds to a zero octet: it ends a field and nothing else.
        var folded = new OctetBuffer(512);
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.From, KnownField.To, KnownField.Cc, KnownField.Bcc])
        {
            var any = false;
            for (var at = -1; header.Next(field, ref at, out var value);)
            {
                if (any) folded.Append(", "u8);
                any = true;
                FoldedText.FoldUtf8(EncodedWords.Decode(value), folded);
            }
            folded.Append((byte)0);
        }
        FoldedText.FoldUtf8(Subject, folded);
        folded.Append((byte)0);
        var result = folded.Written.ToArray();
        folded.Release();
        return result;
    }
}
