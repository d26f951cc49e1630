using System.Globalization;
using System.Security.Cryptography;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// State strings (RFC 8620 §5.1). Emails, threads and mailboxes share the account's MODSEQ: "120". In the middle of changes that a client takes in
/// parts, "120-57" says that of those at 120 the ones up to email 57 were told. Types of few objects have a hash of what /get would say.
/// </summary>
public readonly record struct JmapState(ModSeq ModSeq, EmailId? Told = null)
{
    public override string ToString() =>
        Told is { } told ? string.Create(CultureInfo.InvariantCulture, $"{ModSeq.Value}-{told.Value}") : ModSeq.Value.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out JmapState state)
    {
        state = default;
        if (text is not { Length: > 0 and <= 40 }) return false;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!long.TryParse(dash < 0 ? text : text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var modSeq)) return false;
        if (dash < 0)
        {
            state = new JmapState(new ModSeq(modSeq));
            return true;
        }
        if (!long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var told)) return false;
        state = new JmapState(new ModSeq(modSeq), new EmailId(told));
        return true;
    }

    /// <summary>The state of objects that are all in <paramref name="content"/>.</summary>
    public static string OfContent(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 10));
}
