namespace Facteur.Storage.Searching;

/// <summary>
/// What emails are sorted by (RFC 8621 §4.4.2). ListedAt is when one came back that was put off, ReceivedAt of others; SnoozedUntil is when it will, and
/// of others later than any.
/// </summary>
public enum EmailSortProperty : byte { ReceivedAt, Size, SentAt, From, To, Subject, ListedAt, SnoozedUntil, HasKeyword, AllInThreadHaveKeyword, SomeInThreadHaveKeyword }

/// <param name="Keyword">As JMAP writes it, in lower case; of the last three properties only.</param>
public readonly record struct EmailComparator(EmailSortProperty Property, bool IsAscending, string? Keyword = null, Collation Collation = Collation.UnicodeCasemap)
{
    public bool IsText => Property is EmailSortProperty.From or EmailSortProperty.To or EmailSortProperty.Subject;

    /// <summary>Known of every email without reading anything.</summary>
    public bool IsRow => Property is not (EmailSortProperty.SentAt or EmailSortProperty.SnoozedUntil) && !IsText;

    public SearchDependence DependsOn => Property switch
    {
        EmailSortProperty.HasKeyword or EmailSortProperty.ListedAt or EmailSortProperty.SnoozedUntil => SearchDependence.Email,
        EmailSortProperty.AllInThreadHaveKeyword or EmailSortProperty.SomeInThreadHaveKeyword => SearchDependence.Email | SearchDependence.Thread,
        _ => SearchDependence.None,
    };

    /// <summary>Stored facts it reads.</summary>
    public EmailFields Fields => Property switch
    {
        EmailSortProperty.From or EmailSortProperty.To => EmailFields.Envelope,
        EmailSortProperty.SentAt or EmailSortProperty.Subject => EmailFields.SortKeys,
        _ => EmailFields.Entry,
    };
}

/// <summary>
/// An order of emails. What is equal by all comparators goes by id, newest first unless the last comparator is a date that ascends: so an order is whole, and the
/// same from call to call (RFC 8620 §5.5).
/// </summary>
public sealed class EmailOrder
{
    public static readonly EmailOrder NewestFirst = new([new EmailComparator(EmailSortProperty.ReceivedAt, IsAscending: false)]);

    /// <param name="comparators">None is newest first.</param>
    public EmailOrder(IReadOnlyList<EmailComparator> comparators)
    {
        Comparators = comparators.Count == 0 ? NewestFirst.Comparators : comparators;
        var last = Comparators[^1];
        IdsAscend = last is { IsAscending: true, Property: EmailSortProperty.ReceivedAt or EmailSortProperty.SentAt or EmailSortProperty.ListedAt };
        foreach (var comparator in Comparators)
        {
            DependsOn |= comparator.DependsOn;
            Fields |= comparator.Fields;
        }
    }

    public IReadOnlyList<EmailComparator> Comparators { get; }

    public bool IdsAscend { get; }

    public SearchDependence DependsOn { get; }

    public EmailFields Fields { get; }

    /// <summary>One number of each row decides: the order can be kept while rows pass by.</summary>
    public bool IsOneNumber => Comparators is [{ Property: EmailSortProperty.ReceivedAt or EmailSortProperty.Size or EmailSortProperty.ListedAt }];
}
