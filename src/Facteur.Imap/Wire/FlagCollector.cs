using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>Gathers flags as they are read.</summary>
internal struct FlagCollector
{
    /// <summary>Keywords one command may name; a mailbox holds no more.</summary>
    private const int MaxKeywords = MessageFlags.MaxKeywords;

    private const int MaxKeywordOctets = 255;

    private MessageFlags system;
    private List<string>? keywords;

    public void Add(string name, bool isSystem)
    {
        if (isSystem) AddSystem(name);
        else AddKeyword(name);
    }

    public readonly FlagSet ToFlagSet() => keywords is null && system == MessageFlags.None ? FlagSet.Empty : new FlagSet(system, keywords ?? []);

    private void AddSystem(string name)
    {
        var flag = FlagNames.SystemFlag(name);
        if (flag is null && !name.Equals("Recent", StringComparison.OrdinalIgnoreCase)) throw new ImapSyntaxException("no such system flag");
        system |= flag ?? MessageFlags.None;
    }

    private void AddKeyword(string name)
    {
        keywords ??= [];
        foreach (var known in keywords)
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase)) return;
        if (name.Length > MaxKeywordOctets) throw new ImapRefusedException("LIMIT", "the keyword is too long");
        if (keywords.Count == MaxKeywords) throw new ImapRefusedException("LIMIT", "too many keywords");
        keywords.Add(name);
    }
}
