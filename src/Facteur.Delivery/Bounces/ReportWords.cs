using System.Globalization;
using System.Text;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>The sentences of reports and automatic replies in one language. What comes from others is put in by the caller, made safe before.</summary>
internal abstract class ReportWords
{
    private static readonly ReportWords english = new EnglishWords();
    private static readonly ReportWords french = new FrenchWords();

    /// <param name="locale">"fr" or anything that starts with it; English otherwise.</param>
    public static ReportWords For(string locale) => locale.StartsWith("fr", StringComparison.OrdinalIgnoreCase) ? french : english;

    /// <summary>Language tag (RFC 5646) of the text.</summary>
    public abstract string Tag { get; }

    /// <summary>Display name in From.</summary>
    public abstract string SenderName { get; }

    /// <param name="kind">None: reports of several kinds.</param>
    public abstract string Subject(QueueReport kind, string original);
    /// <summary>Subject of a reply that goes out by itself; "" when the message had none.</summary>
    public abstract string ReplySubject(string original);
    /// <summary>A reply in which the account itself said nothing.</summary>
    public abstract string Away { get; }
    public abstract string Greeting(string host);
    public abstract string Intro(QueueReport kind, string subject, string date, int recipients);

    /// <summary>Before the answer of another host, or, without one, before our own finding.</summary>
    public abstract string Answered(string host);
    public abstract string Why { get; }
    public abstract string Next { get; }
    public abstract string GaveUp(int attempts);
    public abstract string KeepsTrying(string? until);
    public abstract string More(int recipients);
    public abstract string Footer(string transaction, bool returnsMessage, bool returnsHeader);
    public abstract (string Why, string Next) Cause(FailureCause cause);

    protected abstract string Month(int month);

    /// <summary>Date and time to the minute, with the zone.</summary>
    public string Date(DateTimeOffset date)
    {
        var zone = new StringBuilder("UTC");
        if (date.Offset != TimeSpan.Zero)
        {
            zone.Append(date.Offset < TimeSpan.Zero ? '-' : '+').Append(Math.Abs(date.Offset.Hours).ToString(CultureInfo.InvariantCulture));
            if (date.Offset.Minutes != 0) zone.Append(CultureInfo.InvariantCulture, $":{Math.Abs(date.Offset.Minutes):00}");
        }
        return Dated(date.Day == 1 ? First : date.Day.ToString(CultureInfo.InvariantCulture), Month(date.Month), date.Year.ToString(CultureInfo.InvariantCulture),
            date.ToString("HH:mm", CultureInfo.InvariantCulture), zone.ToString());
    }

    protected abstract string First { get; }
    protected abstract string Dated(string day, string month, string year, string time, string zone);
    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
