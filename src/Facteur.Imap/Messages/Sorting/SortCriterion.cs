using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>What SORT compares (RFC 5256 §3; the DISPLAY ones RFC 5957 §3).</summary>
internal enum SortField : byte { Arrival, Cc, Date, DisplayFrom, DisplayTo, From, Size, Subject, To }

/// <summary>One key of SORT; <see cref="Reverse"/> turns its order round.</summary>
internal readonly record struct SortCriterion(SortField Field, bool Reverse)
{
    // The RFC names nine; a list that repeats them sorts by nothing more.
    private const int MaxCriteria = 32;

    public bool IsNumber => Field is SortField.Arrival or SortField.Date or SortField.Size;

    /// <summary>Stored facts it reads.</summary>
    public EmailFields Fields => Field switch
    {
        SortField.Arrival or SortField.Size => EmailFields.Entry,
        SortField.Date or SortField.Subject => EmailFields.SortKeys,
        _ => EmailFields.Envelope,
    };

    /// <summary>sort-criteria (RFC 5256 §5).</summary>
    public static List<SortCriterion> ParseList(ref ImapReader reader)
    {
        var criteria = new List<SortCriterion>(2);
        reader.Expect((byte)'(');
        do
        {
            if (criteria.Count == MaxCriteria) throw new ImapSyntaxException("too many sort criteria");
            var reverse = reader.TryAtom("REVERSE"u8);
            if (reverse) reader.Space();
            criteria.Add(new SortCriterion(FieldOf(ref reader), reverse));
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        return criteria;
    }

    private static SortField FieldOf(ref ImapReader reader)
    {
        foreach (var field in Enum.GetValues<SortField>())
            if (reader.TryAtom(System.Text.Encoding.ASCII.GetBytes(field.ToString()))) return field;
        throw new ImapSyntaxException("unknown sort criterion");
    }
}
