namespace Facteur.Mail;

/// <summary>Text as searches compare it: lower case, without diacritics, white space as one blank (i;unicode-casemap in spirit, RFC 5051).</summary>
public static class FoldedText
{
    /// <summary>Folds <paramref name="text"/>; "Éléphant" and "ELEPHANT" fold to the same.</summary>
    public static string Fold(string text) => throw new NotSupportedException();

    /// <summary>Writes the folded text of all textual parts below <paramref name="root"/>, UTF-8, decoded from their encodings and charsets, markup of HTML removed; bounded by <paramref name="maxOctets"/>.</summary>
    public static ValueTask WriteBodyAsync(IMessageSource message, MessagePart root, System.Buffers.IBufferWriter<byte> output, int maxOctets, CancellationToken cancel) => throw new NotSupportedException();
}
