using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>Selection options of LIST (RFC 9051 §6.3.9.1; SPECIAL-USE RFC 6154 §4).</summary>
[Flags]
internal enum ListSelection
{
    None = 0,
    Subscribed = 1,
    Remote = 2,
    RecursiveMatch = 4,
    SpecialUse = 8,
}

/// <summary>LIST: mailboxes by pattern, with options.</summary>
// RFC 9051 §6.3.9 (also RFC 5258, LIST-STATUS RFC 5819); annotations RFC 9590.
internal sealed record List(string Reference, IReadOnlyList<string> Patterns, bool IsExtended, ListSelection Selection, bool ReturnSubscribed, StatusItems Status) : ImapCommand
{
    private const int MaxPatterns = 256;

    /// <summary>Annotations to tell of each mailbox.</summary>
    public IReadOnlyList<MetadataEntry> Metadata { get; init; } = [];

    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var selection = ListSelection.None;
        var extended = reader.Peek() == '(';
        if (extended)
        {
            selection = ParseSelection(ref reader);
            reader.Space();
        }
        var reference = MailboxName.DecodePattern(reader.AStringBytes(), reader.Utf8);
        reader.Space();
        var several = reader.Peek() == '(';
        var patterns = several ? ParsePatterns(ref reader) : [reader.ListMailbox()];
        extended |= several;
        var (subscribed, status) = (selection.HasFlag(ListSelection.Subscribed), StatusItems.None);
        IReadOnlyList<MetadataEntry> metadata = [];
        if (reader.TrySpace())
        {
            extended = true;
            ParseReturn(ref reader, ref subscribed, ref status, ref metadata);
        }
        reader.End();
        return new List(reference, patterns, extended, selection, subscribed, status) { Metadata = metadata };
    }

    private static ListSelection ParseSelection(ref ImapReader reader)
    {
        var selection = ListSelection.None;
        reader.Expect((byte)'(');
        if (reader.TryByte((byte)')')) return selection;
        do
        {
            selection |= reader.Atom().ToUpperInvariant() switch
            {
                "SUBSCRIBED" => ListSelection.Subscribed,
                "REMOTE" => ListSelection.Remote,
                "RECURSIVEMATCH" => ListSelection.RecursiveMatch,
                "SPECIAL-USE" => ListSelection.SpecialUse,
                _ => throw new ImapSyntaxException("unknown selection option"),
            };
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        if (selection.HasFlag(ListSelection.RecursiveMatch) && (selection & (ListSelection.Subscribed | ListSelection.SpecialUse)) == 0)
            throw new ImapSyntaxException("RECURSIVEMATCH needs another selection option");
        return selection;
    }

    private static List<string> ParsePatterns(ref ImapReader reader)
    {
        var patterns = new List<string>();
        reader.Expect((byte)'(');
        do
        {
            if (patterns.Count == MaxPatterns) throw new ImapSyntaxException("too many patterns");
            patterns.Add(reader.ListMailbox());
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        return patterns;
    }

    private static void ParseReturn(ref ImapReader reader, ref bool subscribed, ref StatusItems status, ref IReadOnlyList<MetadataEntry> metadata)
    {
        if (!reader.TryAtom("RETURN"u8)) throw new ImapSyntaxException("RETURN expected");
        reader.Space();
        reader.Expect((byte)'(');
        if (reader.TryByte((byte)')')) return;
        do
        {
            switch (reader.Atom().ToUpperInvariant())
            {
                case "SUBSCRIBED": subscribed = true; break;
                case "CHILDREN" or "SPECIAL-USE": break; // always told
                case "STATUS":
                    reader.Space();
                    status = StatusItemsWire.Parse(ref reader);
                    break;
                case "METADATA":
                    reader.Space();
                    if (reader.Peek() != '(') throw new ImapSyntaxException("\"(\" expected");
                    metadata = MetadataEntry.ParseAll(ref reader, isPrefix: false);
                    break;
                default: throw new ImapSyntaxException("unknown return option");
            }
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (!IsExtended && Patterns is [""])
        {
            session.Writer.Raw("* LIST (\\Noselect) \"/\" \"\"\r\n"u8); // the separator and the root (RFC 9051 §6.3.9)
            return;
        }
        if (Status.HasFlag(StatusItems.HighestModSeq)) session.Enable(EnabledFeatures.Condstore);
        var patterns = Patterns.Where(p => p.Length > 0).Select(p => new ListPattern(Reference + p)).ToArray();
        var tree = await MailboxTree.LoadAsync(session, cancel);
        var matched = tree.Names.Where(n => Array.Exists(patterns, p => p.Matches(n.Name))).ToHashSet();
        var parents = ParentsOfSelected(tree, matched, out var hidden);
        foreach (var name in tree.Names)
        {
            if (!matched.Contains(name) || !IsSelected(name) && !hidden.Contains(name)) continue;
            Tell(session, name, parents.Contains(name));
            if (Status != StatusItems.None && name.Mailbox is { Selectable: true } mailbox)
                StatusItemsWire.Write(session, await NewestView.CountAsync(session, mailbox, cancel), Status);
            if (Metadata.Count > 0 && name.Mailbox is not null) await TellMetadataAsync(session, MetadataPlace.Of(name.Mailbox), cancel);
            await session.Writer.FlushIfFullAsync();
        }
    }

    private bool IsSelected(ListedName name)
    {
        if (Selection.HasFlag(ListSelection.SpecialUse) && (name.Mailbox is not { } mailbox || SpecialUse.Attribute(mailbox.Role) is null)) return false;
        return Selection.HasFlag(ListSelection.Subscribed) ? name.Subscribed : name.Mailbox is not null;
    }

    /// <summary>
    /// With RECURSIVEMATCH: names above a selected one, and (<paramref name="hidden"/>) those above one that no pattern
    /// matches, which are listed though not selected themselves (RFC 9051 §6.3.9.3, 2B).
    /// </summary>
    private HashSet<ListedName> ParentsOfSelected(MailboxTree tree, HashSet<ListedName> matched, out HashSet<ListedName> hidden)
    {
        var parents = new HashSet<ListedName>();
        hidden = [];
        if (!Selection.HasFlag(ListSelection.RecursiveMatch)) return parents;
        foreach (var name in tree.Names.Where(IsSelected))
            foreach (var above in tree.Above(name.Name))
            {
                parents.Add(above);
                if (!matched.Contains(name)) hidden.Add(above);
            }
        return parents;
    }

    private async ValueTask TellMetadataAsync(ImapSession session, MetadataPlace place, CancellationToken cancel)
    {
        var query = new AnnotationQuery([.. Metadata.Select(entry => entry.Name)]);
        await MetadataLine.WriteAsync(session, place, Metadata, query, await place.ReadAsync(session, query, cancel));
    }

    private void Tell(ImapSession session, ListedName name, bool hasSelectedBelow)
    {
        var attributes = new List<string>(4);
        if (name.Mailbox is null) attributes.Add("\\NonExistent");
        else if (!name.Mailbox.Selectable) attributes.Add("\\Noselect");
        attributes.Add(name.HasChildren ? "\\HasChildren" : "\\HasNoChildren");
        if (ReturnSubscribed && name.Subscribed) attributes.Add("\\Subscribed");
        if (name.Mailbox is { } mailbox && SpecialUse.Attribute(mailbox.Role) is { } use) attributes.Add(use);
        ListLine.Write(session, name.Name, attributes, hasSelectedBelow && Selection.HasFlag(ListSelection.Subscribed));
    }
}
