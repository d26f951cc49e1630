using System.Globalization;
using System.Security.Cryptography;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// State strings (RFC 8620 §5.1). Emails, threads and mailboxes share the account's MODSEQ: "120". Types of few objects have a hash of what /get would say.
/// </summary>
/// <param name="Untold">Null unless a client takes many changes in parts, the newest first: "120-100-110-57".</param>
public readonly record struct JmapState(ModSeq ModSeq, JmapStateUntold? Untold = null)
{
    public override string ToString() => Untold is { } untold
        ? string.Create(CultureInfo.InvariantCulture, $"{ModSeq.Value}-{untold.Since.Value}-{untold.At.Value}-{untold.Id}")
        : ModSeq.Value.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out JmapState state)
    {
        state = default;
        if (text is not { Length: > 0 and <= 80 }) return false;
        Span<long> numbers = stackalloc long[4];
        var count = 0;
        foreach (var range in text.AsSpan().Split('-'))
            if (count == numbers.Length || !long.TryParse(text.AsSpan(range), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[count++]))
                return false;
        if (count is not (1 or 4)) return false;
        state = new JmapState(new ModSeq(numbers[0]), count == 1 ? null : new JmapStateUntold(new ModSeq(numbers[1]), new ModSeq(numbers[2]), numbers[3]));
        return true;
    }

    /// <summary>The state of objects that are all in <paramref name="content"/>.</summary>
    public static string OfContent(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 10));
}

/// <summary>What a client that is at a state was not told yet (RFC 8620 §5.2, "intermediate states"): of all that happened since <paramref name="Since"/>, what comes before the change of the object <paramref name="Id"/> at <paramref name="At"/>.</summary>
public readonly record struct JmapStateUntold(ModSeq Since, ModSeq At, long Id);
