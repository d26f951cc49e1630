namespace Facteur.Storage.Searching;

/// <summary>What is:, has: and in: know.</summary>
internal enum SearchValue : byte
{
    Unread, Read, Starred, Important, Snoozed, Muted, Answered, Draft, Forwarded, Attachment,
    Inbox, Sent, Drafts, Junk, Trash, Archive, Anywhere, AllMail,
}

/// <summary>Values of is:, has: and in:, with their names and what they ask.</summary>
internal static class SearchValueTable
{
    private static readonly Row[] Table =
    [
        new(SearchOperator.Is, SearchValue.Unread, "unread", "non_lu", ["unseen", "non_lus", "nouveau"]),
        new(SearchOperator.Is, SearchValue.Read, "read", "lu", ["seen", "lus"]),
        new(SearchOperator.Is, SearchValue.Starred, "starred", "suivi", ["flagged", "étoilé", "favori", "suivis"]),
        new(SearchOperator.Is, SearchValue.Important, "important", "important", []),
        new(SearchOperator.Is, SearchValue.Snoozed, "snoozed", "en_attente", ["attente", "reporté"]),
        new(SearchOperator.Is, SearchValue.Muted, "muted", "ignoré", ["muet", "masqué", "sourdine"]),
        new(SearchOperator.Is, SearchValue.Answered, "answered", "répondu", ["replied"]),
        new(SearchOperator.Is, SearchValue.Draft, "draft", "brouillon", []),
        new(SearchOperator.Is, SearchValue.Forwarded, "forwarded", "transféré", []),
        new(SearchOperator.Has, SearchValue.Attachment, "attachment", "pièce", ["attachments", "pièces", "pièce_jointe", "pièces_jointes", "pj", "file", "fichier"]),
        new(SearchOperator.Has, SearchValue.Starred, "star", "étoile", ["stars", "suivi"]),
        new(SearchOperator.In, SearchValue.Inbox, "inbox", "réception", ["boîte", "boîte_de_réception", "boite_reception"]),
        new(SearchOperator.In, SearchValue.Sent, "sent", "envoyés", ["envoyé", "messages_envoyés"]),
        new(SearchOperator.In, SearchValue.Drafts, "drafts", "brouillons", ["draft", "brouillon"]),
        new(SearchOperator.In, SearchValue.Junk, "spam", "indésirables", ["junk", "indésirable", "pourriel", "pourriels"]),
        new(SearchOperator.In, SearchValue.Trash, "trash", "corbeille", ["bin", "deleted"]),
        new(SearchOperator.In, SearchValue.Archive, "archive", "archives", ["archivés"]),
        new(SearchOperator.In, SearchValue.Starred, "starred", "suivis", ["flagged", "suivi", "favoris"]),
        new(SearchOperator.In, SearchValue.Important, "important", "importants", []),
        new(SearchOperator.In, SearchValue.Snoozed, "snoozed", "en_attente", ["attente"]),
        new(SearchOperator.In, SearchValue.Anywhere, "anywhere", "partout", []),
        new(SearchOperator.In, SearchValue.AllMail, "all", "tous", ["allmail", "all_mail", "tous_les_messages"]),
    ];

    private static readonly Dictionary<SearchOperator, Dictionary<string, SearchValue>> ByName = Table.GroupBy(row => row.Of)
        .ToDictionary(group => group.Key, group => SearchOperators.Index(group.Select(row => (row.Value, SearchOperators.Names(row.English, row.French, row.Others)))));

    public static bool TryParse(SearchOperator of, string value, out SearchValue found) => ByName[of].TryGetValue(SearchOperators.Normal(value), out found);

    /// <summary>Names of an operator's values in a language, with all by which each is known.</summary>
    public static IEnumerable<(string Name, IEnumerable<string> Known)> NamesOf(SearchOperator of, SearchWords words) =>
        Table.Where(row => row.Of == of).Select(row => (words == SearchWords.French ? row.French : row.English, SearchOperators.Names(row.English, row.French, row.Others)));

    public static bool Has(SearchOperator of, SearchValue value) => Table.Any(row => row.Of == of && row.Value == value);

    public static string Name(SearchOperator of, SearchValue value, SearchWords words)
    {
        var row = Table.First(one => one.Of == of && one.Value == value);
        return words == SearchWords.French ? row.French : row.English;
    }

    public static string? Nearest(SearchOperator of, string value) =>
        SearchWordDistance.Nearest(SearchOperators.Normal(value), Table.Where(row => row.Of == of).SelectMany(row => SearchOperators.Names(row.English, row.French, row.Others)));

    /// <summary>What a value asks; null for a place that is everywhere.</summary>
    public static SearchCondition? Condition(SearchValue value) => value switch
    {
        SearchValue.Unread => NotCondition.Of(FlagCondition.Seen),
        SearchValue.Read => FlagCondition.Seen,
        SearchValue.Starred => FlagCondition.Flagged,
        SearchValue.Important => new KeywordCondition("$important"), // RFC 8457 §2
        SearchValue.Snoozed => new SnoozedCondition(),
        SearchValue.Muted => new ThreadKeywordCondition("$muted", OnAll: false),
        SearchValue.Answered => new FlagCondition(MessageFlags.Answered),
        SearchValue.Draft => new FlagCondition(MessageFlags.Draft),
        SearchValue.Forwarded => new KeywordCondition("$forwarded"),
        SearchValue.Attachment => new AttachmentCondition(),
        SearchValue.Inbox => new RoleCondition(MailboxRole.Inbox),
        SearchValue.Sent => new RoleCondition(MailboxRole.Sent),
        SearchValue.Drafts => new RoleCondition(MailboxRole.Drafts),
        SearchValue.Junk => new RoleCondition(MailboxRole.Junk),
        SearchValue.Trash => new RoleCondition(MailboxRole.Trash),
        SearchValue.Archive => new RoleCondition(MailboxRole.Archive),
        _ => null,
    };

    private sealed record Row(SearchOperator Of, SearchValue Value, string English, string French, string[] Others);
}
