using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>A key that the stored facts of a message answer.</summary>
internal abstract class EmailKey : SearchKey
{
    public override SearchCost Cost => SearchCost.Email;

    public sealed override Verdict Match(SearchContext context) => context.Email is { } email ? Match(email, context) : Verdict.Unknown;

    protected abstract Verdict Match(EmailReader email, SearchContext context);
}

/// <summary>LARGER and SMALLER.</summary>
internal sealed class SizeKey(long octets, bool larger) : EmailKey
{
    protected override Verdict Match(EmailReader email, SearchContext context) => Answer(larger ? email.Size > octets : email.Size < octets);
}

/// <summary>Which date of a message.</summary>
internal enum DateSource : byte { Internal, Sent, Saved }

/// <summary>How a date compares with the one asked for.</summary>
internal enum DateTest : byte { Before, On, Since }

/// <summary>BEFORE, ON, SINCE, and the same of the Date field and the save date: days as written, without regard to zones (RFC 9051 §6.4.4).</summary>
internal sealed class DateKey(DateSource source, DateTest test, DateOnly date) : EmailKey
{
    public override EmailFields Fields => source == DateSource.Sent ? EmailFields.SortKeys : EmailFields.Entry;

    protected override Verdict Match(EmailReader email, SearchContext context)
    {
        DateTimeOffset? moment = source switch
        {
            DateSource.Internal => email.InternalDate,
            DateSource.Saved => email.SaveDate,
            _ => email.SentDate,
        };
        if (moment is not { } at) return Verdict.No;
        var day = DateOnly.FromDateTime(at.DateTime);
        return Answer(test switch
        {
            DateTest.Before => day < date,
            DateTest.On => day == date,
            _ => day >= date,
        });
    }
}

/// <summary>OLDER and YOUNGER: seconds from now back to the internal date (RFC 5032 §3).</summary>
internal sealed class AgeKey(TimeSpan age, bool older) : EmailKey
{
    protected override Verdict Match(EmailReader email, SearchContext context)
    {
        var limit = context.Now - age;
        return Answer(older ? email.InternalDate <= limit : email.InternalDate >= limit);
    }
}

/// <summary>THREADID (RFC 8474 §6).</summary>
internal sealed class ThreadIdKey(long? id) : EmailKey
{
    protected override Verdict Match(EmailReader email, SearchContext context) => Answer(email.Thread.Value == id);
}

/// <summary>The fields that are kept folded, in the order they are kept.</summary>
internal enum FoldedField : byte { From, To, Cc, Bcc, Subject }

/// <summary>FROM, TO, CC, BCC, SUBJECT.</summary>
/// <param name="needle">Folded, UTF-8.</param>
internal sealed class FoldedFieldKey(FoldedField field, ReadOnlyMemory<byte> needle) : EmailKey
{
    public override EmailFields Fields => EmailFields.FoldedHeaders;

    protected override Verdict Match(EmailReader email, SearchContext context)
    {
        var texts = email.FoldedHeaders;
        for (var skip = (int)field; skip > 0; skip--) texts = texts[(texts.IndexOf((byte)0) + 1)..];
        var end = texts.IndexOf((byte)0);
        return Answer(texts[..(end < 0 ? texts.Length : end)].IndexOf(needle.Span) >= 0);
    }
}
