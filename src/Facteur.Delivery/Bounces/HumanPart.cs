using System.Text;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>The part for people (RFC 6522 §3): what happened, why in plain words, what was answered, what can be done.</summary>
internal sealed class HumanPart(OwedReport owed, ReportSettings settings, ReportWords words, DateTimeOffset now)
{
    /// <summary>Recipients named; more would be read by nobody.</summary>
    private const int MaxNamed = 50;
    private const int MaxAnswer = 500;
    private const int MaxSubject = 200;

    private static readonly QueueReport[] order = [QueueReport.Failure, QueueReport.Delay, QueueReport.Success, QueueReport.Expanded, QueueReport.Relayed];

    private readonly StringBuilder text = new(2_048);
    private int named;

    /// <summary>The original subject as one line, bounded.</summary>
    public static string Subject(QueueMessage message) => OneLine(message.Subject, MaxSubject);

    public string Write(bool returnsMessage, bool returnsHeader)
    {
        Line(words.Greeting(settings.HostName));
        foreach (var kind in order)
        {
            var recipients = owed.Recipients.Where(recipient => recipient.Owed == kind).ToList();
            if (recipients.Count > 0) WriteKind(kind, recipients);
        }
        Line();
        Line(words.Footer(OneLine(owed.Message.Transaction, 100), returnsMessage, returnsHeader));
        return text.ToString();
    }

    private void WriteKind(QueueReport kind, List<QueueRecipient> recipients)
    {
        Line();
        Line(words.Intro(kind, Subject(owed.Message), words.Date(owed.Message.Created.ToOffset(now.Offset)), recipients.Count));
        if (kind is not (QueueReport.Failure or QueueReport.Delay))
        {
            Line();
            Name(recipients, withAnswers: false);
            return;
        }
        foreach (var group in recipients.GroupBy(recipient => (Cause: FailureCauses.Of(recipient), IsExpired: FailureCauses.IsExpired(recipient))))
        {
            if (named >= MaxNamed) break;
            var members = group.ToList();
            Line();
            Name(members, withAnswers: true);
            Line();
            Explain(kind, group.Key.Cause, group.Key.IsExpired, members);
        }
        Line(kind == QueueReport.Delay ? "" : null);
        if (kind == QueueReport.Delay) Line(words.KeepsTrying(ReportComposer.EndOf(owed.Message, settings) is { } end ? words.Date(end.ToOffset(now.Offset)) : null));
    }

    private void Explain(QueueReport kind, FailureCause cause, bool isExpired, List<QueueRecipient> members)
    {
        var (why, next) = words.Cause(cause);
        // "Try later" is no advice to one whose message was tried for days.
        if (isExpired && cause == FailureCause.PutOff) next = words.Cause(FailureCause.Expired).Next;
        Line(words.Why + (isExpired ? words.GaveUp(members.Max(member => member.Attempts)) : "") + why);
        if (kind == QueueReport.Failure) Line(words.Next + next);
    }

    private void Name(List<QueueRecipient> recipients, bool withAnswers)
    {
        var shown = 0;
        foreach (var recipient in recipients)
        {
            if (named >= MaxNamed) break;
            named++;
            shown++;
            Line("    " + OneLine(recipient.Address, 320));
            if (withAnswers && recipient.LastAnswer.Length > 0)
                Line("    " + words.Answered(recipient.LastCode == 0 ? "" : OneLine(recipient.LastHost, 255)) + OneLine(recipient.LastAnswer, MaxAnswer));
        }
        if (shown < recipients.Count) Line("    " + words.More(recipients.Count - shown));
    }

    /// <summary>Text of others on one line: what controls or separates becomes a blank.</summary>
    internal static string OneLine(string text, int max)
    {
        var line = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= max) return line.Append('…').ToString();
            var isBreak = Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;
            if (!isBreak) line.Append(rune);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }
        return line.ToString().Trim();
    }

    private void Line(string? line = "")
    {
        if (line is not null) text.Append(line).Append("\r\n");
    }
}
