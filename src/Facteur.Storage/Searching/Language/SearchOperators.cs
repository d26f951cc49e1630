using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>Operators of the search language (UX.md §4.6).</summary>
public enum SearchOperator : byte
{
    From, To, Cc, Bcc, Subject, Body, DeliveredTo, Has, FileName, Larger, Smaller, Before, After, Date, OlderThan, NewerThan, Is, In, Label, List, MessageId, Keyword,
}

/// <summary>The language in which a search is written back and completed; both are read at any time.</summary>
public enum SearchWords : byte { English, French }

/// <summary>Names of operators and of their values. They are compared folded, without hyphens, underscores and apostrophes: "plus_récent_que" is "plusrecentque".</summary>
internal static class SearchOperators
{
    /// <summary>Characters of the longest name that is looked up.</summary>
    public const int MaxName = 24;

    private static readonly (SearchOperator Operator, string English, string French, string[] Others)[] Table =
    [
        (SearchOperator.From, "from", "de", ["expéditeur", "sender"]),
        (SearchOperator.To, "to", "à", ["pour", "destinataire"]),
        (SearchOperator.Cc, "cc", "cc", ["copie"]),
        (SearchOperator.Bcc, "bcc", "cci", []),
        (SearchOperator.Subject, "subject", "objet", ["sujet"]),
        (SearchOperator.Body, "body", "corps", ["texte"]),
        (SearchOperator.DeliveredTo, "deliveredto", "remis_à", ["livré_à"]),
        (SearchOperator.Has, "has", "avec", ["contient"]),
        (SearchOperator.FileName, "filename", "fichier", ["pièce", "pièces", "pj", "attachment", "file"]),
        (SearchOperator.Larger, "larger", "plus_grand", ["size", "taille", "larger_than", "plus_grand_que", "plus_gros"]),
        (SearchOperator.Smaller, "smaller", "plus_petit", ["smaller_than", "plus_petit_que"]),
        (SearchOperator.Before, "before", "avant", ["older", "plus_ancien", "jusqu'à"]),
        (SearchOperator.After, "after", "après", ["newer", "plus_récent", "since", "depuis"]),
        (SearchOperator.Date, "date", "date", ["on"]),
        (SearchOperator.OlderThan, "older_than", "plus_ancien_que", []),
        (SearchOperator.NewerThan, "newer_than", "plus_récent_que", []),
        (SearchOperator.Is, "is", "est", []),
        (SearchOperator.In, "in", "dans", ["folder", "dossier"]),
        (SearchOperator.Label, "label", "libellé", ["étiquette", "tag"]),
        (SearchOperator.List, "list", "liste", []),
        (SearchOperator.MessageId, "rfc822msgid", "rfc822msgid", ["msgid", "id_message"]),
        (SearchOperator.Keyword, "keyword", "mot_clé", []),
    ];

    private static readonly Dictionary<string, SearchOperator> ByName = Index(Table.Select(row => (row.Operator, Names(row.English, row.French, row.Others))));

    private static readonly Dictionary<string, SearchOperator>.AlternateLookup<ReadOnlySpan<char>> ByNameSpan = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static IEnumerable<SearchOperator> All => Table.Select(row => row.Operator);

    public static bool TryParse(string name, out SearchOperator found) => ByNameSpan.TryGetValue(Normal(name), out found);

    public static string Name(SearchOperator of, SearchWords words) => words == SearchWords.French ? Table[(int)of].French : Table[(int)of].English;

    /// <summary>All names of an operator, those of a language first.</summary>
    public static IEnumerable<string> NamesOf(SearchOperator of, SearchWords words) => [Name(of, words), .. Names(Table[(int)of].English, Table[(int)of].French, Table[(int)of].Others)];

    /// <summary>"pièce:" alone asks for any attachment; "filename:" alone is unfinished.</summary>
    public static bool MeansAttachment(string name) => Normal(name) is "piece" or "pieces" or "pj" or "attachment";

    /// <summary>The name nearest to one that is none, with its colon; null when none is near.</summary>
    public static string? Nearest(string name) =>
        SearchWordDistance.Nearest(Normal(name), Table.SelectMany(row => Names(row.English, row.French, row.Others))) is { } near ? near + ":" : null;

    /// <summary>A name as it is compared.</summary>
    public static string Normal(string name)
    {
        var folded = FoldedText.Fold(name);
        return folded.AsSpan().ContainsAny("-_' ") ? string.Concat(folded.Where(c => c is not ('-' or '_' or '\'' or ' '))) : folded;
    }

    internal static Dictionary<string, T> Index<T>(IEnumerable<(T Value, IEnumerable<string> Names)> rows)
    {
        var index = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (value, names) in rows)
            foreach (var name in names) index.TryAdd(Normal(name), value);
        return index;
    }

    internal static IEnumerable<string> Names(string english, string french, string[] others) => [english, french, .. others];
}
