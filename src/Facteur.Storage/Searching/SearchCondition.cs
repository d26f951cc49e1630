namespace Facteur.Storage.Searching;

/// <summary>What a condition says of a message, given what was read of it so far.</summary>
public enum Verdict : byte { No, Yes, Unknown }

/// <summary>What a condition needs to decide, cheapest first.</summary>
public enum SearchCost : byte
{
    /// <summary>A snapshot in memory.</summary>
    Row,
    /// <summary>One scan of the stored text, shared by all messages.</summary>
    Text,
    /// <summary>The stored facts of the message.</summary>
    Facts,
    /// <summary>The octets of its header.</summary>
    Header,
}

/// <summary>What may turn a condition's answer while the message stays: what a client's cached result depends on (RFC 8620 §5.6).</summary>
[Flags]
public enum SearchDependence : byte
{
    /// <summary>Only on what never changes: text, dates, size.</summary>
    None = 0,
    /// <summary>On the mailboxes and keywords of the email.</summary>
    Email = 1,
    /// <summary>On those of all emails of its conversation.</summary>
    Thread = 2,
}

/// <summary>
/// A condition on messages: what SEARCH of IMAP (RFC 9051 §6.4.4), filters of JMAP (RFC 8621 §4.4.1) and the search language ask alike, so that
/// one question has one answer. Conditions are immutable and compare by value. One is asked with more and more of a message at hand until it does not answer
/// Unknown: a search reads no more of the store than it must.
/// </summary>
public abstract record SearchCondition
{
    /// <summary>Levels of conditions below and with this one.</summary>
    public virtual int Depth => 1;

    /// <summary>The dearest thing this condition may ask for.</summary>
    public abstract SearchCost Cost { get; }

    /// <summary>Stored facts it reads.</summary>
    public virtual EmailFields Fields => EmailFields.Entry;

    public virtual SearchDependence DependsOn => SearchDependence.None;

    /// <summary>Conditions directly below this one.</summary>
    public virtual IReadOnlyList<SearchCondition> Children => [];

    public abstract Verdict Match(SearchSubject subject);

    /// <summary>The condition with names of mailboxes and the like replaced by what they stand for in an account.</summary>
    public virtual SearchCondition Bind(SearchBinding binding) => this;

    /// <summary>This condition and all below it.</summary>
    public IEnumerable<SearchCondition> All()
    {
        var open = new Stack<SearchCondition>();
        open.Push(this);
        while (open.TryPop(out var next))
        {
            yield return next;
            for (var i = next.Children.Count - 1; i >= 0; i--) open.Push(next.Children[i]);
        }
    }

    protected static Verdict Answer(bool yes) => yes ? Verdict.Yes : Verdict.No;
}
