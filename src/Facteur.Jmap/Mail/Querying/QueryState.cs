using System.Globalization;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// State of a query (RFC 8620 §5.5): the account's MODSEQ, "120", which grows with every change that can touch a result. Where the question itself may
/// come to mean another (days ago, mailboxes by name), "120.9f86d081" says also what it meant.
/// </summary>
internal readonly record struct QueryState(ModSeq ModSeq, string Meaning)
{
    public override string ToString() => Meaning.Length == 0 ? ModSeq.Value.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{ModSeq.Value}.{Meaning}");

    public static bool TryParse(string text, out QueryState state)
    {
        state = default;
        if (text.Length > 60) return false;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!long.TryParse(dot < 0 ? text : text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var modSeq)) return false;
        state = new QueryState(new ModSeq(modSeq), dot < 0 ? "" : text[(dot + 1)..]);
        return true;
    }
}
