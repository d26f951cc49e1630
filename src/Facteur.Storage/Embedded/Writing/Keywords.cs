using Facteur.Storage.Embedded.Views;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Gives the keywords of a mailbox their bits.</summary>
internal static class Keywords
{
    public static KeywordTable Table(WriteSession session, MailboxState mailbox) => new([.. Load(session, mailbox)]);

    /// <summary>Has a delta carry the table when it changed, by this verb or by one that was refused later.</summary>
    public static void Tell(WriteSession session, MailboxState mailbox, MailboxDelta delta)
    {
        if (!mailbox.KeywordsChanged) return;
        delta.Keywords = Table(session, mailbox);
        mailbox.KeywordsChanged = false;
    }

    /// <summary>The bits of <paramref name="flags"/> in a mailbox; new keywords get a bit when <paramref name="add"/>, else they are passed over.</summary>
    public static MessageFlags Resolve(WriteSession session, MailboxState mailbox, FlagSet flags, bool add)
    {
        var bits = flags.System & new MessageFlags((1UL << MessageFlags.FirstKeywordBit) - 1);
        foreach (var keyword in flags.Keywords)
        {
            var names = Load(session, mailbox);
            var index = names.FindIndex(name => string.Equals(name, keyword, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                if (!add) continue;
                index = Add(session, mailbox, names, keyword, bits);
            }
            bits |= MessageFlags.Keyword(index);
        }
        return bits;
    }

    /// <summary>Flags of one mailbox as another writes them.</summary>
    public static MessageFlags Translate(WriteSession session, MailboxState from, MailboxState to, MessageFlags flags)
    {
        if (from == to || flags.Bits >> MessageFlags.FirstKeywordBit == 0) return flags;
        var keywords = new List<string>();
        AddNames(session, from, flags, keywords);
        return Resolve(session, to, new FlagSet(flags, keywords), add: true);
    }

    /// <summary>Adds the names of keywords that are not in the list yet, compared without case.</summary>
    public static void AddNames(WriteSession session, MailboxState mailbox, MessageFlags flags, List<string> keywords)
    {
        if (flags.Bits >> MessageFlags.FirstKeywordBit == 0) return;
        var names = Load(session, mailbox);
        for (var i = 0; i < names.Count; i++)
            if (flags.Has(MessageFlags.Keyword(i)) && names[i] is { } name && !keywords.Contains(name, StringComparer.OrdinalIgnoreCase)) keywords.Add(name);
    }

    private static List<string?> Load(WriteSession session, MailboxState mailbox)
    {
        if (mailbox.Keywords is { } loaded) return loaded;
        var names = new List<string?>();
        var rows = session.Database.Get("SELECT bit, name FROM keyword WHERE mailbox = ?1 ORDER BY bit").Bind(1, mailbox.Id.Value);
        while (rows.Step())
        {
            while (names.Count < rows.Int32(0)) names.Add(null);
            names.Add(rows.Text(1));
        }
        return mailbox.Keywords = names;
    }

    private static int Add(WriteSession session, MailboxState mailbox, List<string?> names, string keyword, MessageFlags inUse)
    {
        var index = names.IndexOf(null);
        if (index < 0 && names.Count < MessageFlags.MaxKeywords)
        {
            names.Add(null);
            index = names.Count - 1;
        }
        if (index < 0)
        {
            Recycle(session, mailbox, names, inUse);
            index = names.IndexOf(null);
        }
        if (index < 0)
            throw new StoreRefusedException(StoreRefusal.TooManyKeywords, $"a mailbox has at most {MessageFlags.MaxKeywords} keywords");
        names[index] = keyword;
        mailbox.KeywordsChanged = true;
        session.Database.Get("INSERT INTO keyword (mailbox, bit, name) VALUES (?1, ?2, ?3)")
            .Bind(1, mailbox.Id.Value).Bind(2, index).Bind(3, keyword).Run();
        return index;
    }

    // All bits are given: take back those that no entry has. A scan of the mailbox, but only then.
    private static void Recycle(WriteSession session, MailboxState mailbox, List<string?> names, MessageFlags inUse)
    {
        var used = inUse.Bits;
        var rows = session.Database.Get("SELECT flags FROM entry WHERE mailbox = ?1").Bind(1, mailbox.Id.Value);
        while (rows.Step()) used |= (ulong)rows.Int64(0);
        for (var i = 0; i < names.Count; i++)
        {
            if (new MessageFlags(used).Has(MessageFlags.Keyword(i))) continue;
            names[i] = null;
            mailbox.KeywordsChanged = true;
            session.Database.Get("DELETE FROM keyword WHERE mailbox = ?1 AND bit = ?2").Bind(1, mailbox.Id.Value).Bind(2, i).Run();
        }
    }
}
