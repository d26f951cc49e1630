namespace Facteur.Storage.Searching;

/// <summary>Which date of a message.</summary>
public enum DateSource : byte { Internal, Sent, Saved }

/// <summary>How a date compares with the one asked for.</summary>
public enum DateTest : byte { Before, On, Since }

/// <summary>BEFORE, ON, SINCE, and the same of the Date field and the save date (RFC 8514 §4.3): days as written, without regard to zones (RFC 9051 §6.4.4).</summary>
public sealed record DayCondition(DateSource Source, DateTest Test, DateOnly Date) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Facts;

    public override EmailFields Fields => Source == DateSource.Sent ? EmailFields.SortKeys : EmailFields.Entry;

    public override Verdict Match(SearchSubject subject)
    {
        if (!subject.HasFacts) return Verdict.Unknown;
        var moment = Source switch
        {
            DateSource.Internal => subject.InternalDate,
            DateSource.Saved => subject.SaveDate,
            _ => subject.SentDate,
        };
        if (moment is not { } at) return Verdict.No;
        var day = DateOnly.FromDateTime(at.DateTime);
        return Answer(Test switch
        {
            DateTest.Before => day < Date,
            DateTest.On => day == Date,
            _ => day >= Date,
        });
    }
}
