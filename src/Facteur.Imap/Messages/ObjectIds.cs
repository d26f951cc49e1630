using System.Buffers.Text;

namespace Facteur.Imap.Messages;

/// <summary>Object identifiers (RFC 8474 §4, §5): a letter tells emails from threads, which may not share a value.</summary>
internal static class ObjectIds
{
    public static ReadOnlySpan<byte> EmailPrefix => "M"u8;
    public static ReadOnlySpan<byte> ThreadPrefix => "T"u8;

    /// <summary>The number of an identifier of ours; null for any other, which no message has.</summary>
    public static long? Parse(ReadOnlySpan<byte> id, ReadOnlySpan<byte> prefix) =>
        id.StartsWith(prefix) && Utf8Parser.TryParse(id[prefix.Length..], out long value, out var taken) && taken == id.Length - prefix.Length && id[prefix.Length] != '+'
            ? value
            : null;
}
