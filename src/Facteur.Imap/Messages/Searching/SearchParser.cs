using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>
/// Reads the keys of SEARCH into one (RFC 9051 §9 "search-program"). It keeps its own stack: nesting costs a client nothing but
/// an entry there, up to a limit that no person reaches (S-11).
/// </summary>
internal ref struct SearchParser
{
    /// <summary>Keys of one search. Clients that look for many message ids send some hundreds.</summary>
    private const int MaxKeys = 5_000;

    /// <summary>Parentheses, OR and NOT that are open at once. A chain of OR stays open to its end.</summary>
    private const int MaxOpen = 5_000;

    /// <summary>Levels that are left once chains of AND and OR are made flat.</summary>
    private const int MaxDepth = 64;

    private enum Combination : byte { All, Parentheses, Or, Not }

    private readonly struct Open(Combination kind)
    {
        public readonly Combination Kind = kind;
        public readonly List<SearchCondition> Keys = [];
    }

    private readonly Stack<Open> open;
    private readonly SearchKeyParser leaves;
    private int count;

    private SearchParser(SearchText text)
    {
        open = new Stack<Open>();
        leaves = new SearchKeyParser(text);
    }

    /// <summary>All keys up to the end of the command, ANDed.</summary>
    public static SearchCondition Parse(ref ImapReader reader, SearchText text) => new SearchParser(text).Keys(ref reader);

    private SearchCondition Keys(ref ImapReader reader)
    {
        open.Push(new Open(Combination.All));
        while (true)
        {
            if (++count > MaxKeys || open.Count > MaxOpen) throw TooMuch();
            if (reader.TryByte((byte)'(')) open.Push(new Open(Combination.Parentheses));
            else if (reader.TryAtom("NOT"u8)) Begin(ref reader, Combination.Not);
            else if (reader.TryAtom("OR"u8)) Begin(ref reader, Combination.Or);
            else if (Close(ref reader, leaves.Key(ref reader)) is { } all) return all;
        }
    }

    private readonly void Begin(ref ImapReader reader, Combination kind)
    {
        reader.Space();
        open.Push(new Open(kind));
    }

    /// <summary>Gives a key to what is open, and closes what it completes; answers the whole at the end of the command.</summary>
    private readonly SearchCondition? Close(ref ImapReader reader, SearchCondition key)
    {
        while (true)
        {
            if (key.Depth > MaxDepth) throw TooMuch();
            var (kind, keys) = (open.Peek().Kind, open.Peek().Keys);
            keys.Add(key);
            if (kind == Combination.Not) key = NotCondition.Of(key);
            else if (kind == Combination.Or && keys.Count == 2) key = OrCondition.Of(keys);
            else if (kind == Combination.Parentheses && reader.TryByte((byte)')')) key = AndCondition.Of(keys);
            else if (kind == Combination.All && reader.AtEnd) return AndCondition.Of(keys);
            else
            {
                reader.Space();
                return null;
            }
            open.Pop();
        }
    }

    private static ImapRefusedException TooMuch() => new("LIMIT", "the search has too many keys"); // RFC 5530 §3
}
