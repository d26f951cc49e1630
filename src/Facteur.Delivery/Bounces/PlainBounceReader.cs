using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Reads bounces that are text only, as far as machines can: those of qmail (a first line "Hi. This is the …", then a paragraph
/// "&lt;address&gt;:" for each recipient, then a line of dashes and the message), and those of Exim, which name the recipients in X-Failed-Recipients.
/// </summary>
internal static class PlainBounceReader
{
    /// <param name="header">Header of the bounce.</param>
    /// <param name="body">Its text, decoded.</param>
    public static ReceivedReport? Read(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var lines = Encoding.UTF8.GetString(body).ReplaceLineEndings("\n").Split('\n');
        var end = Array.FindIndex(lines, IsBreak);
        var recipients = lines[0].StartsWith("Hi. This is the", StringComparison.Ordinal) ? ReadQmail(lines.AsSpan(0, end < 0 ? lines.Length : end)) : ReadFailed(header);
        if (recipients.Count == 0) return null;
        var returned = end < 0 ? [] : Encoding.UTF8.GetBytes(string.Join("\r\n", lines.AsSpan(end + 1)!).TrimStart());
        var (messageId, subject) = ReportReader.ReadReturned(returned);
        return new ReceivedReport("", null, messageId, subject, recipients, null);
    }

    private static bool IsBreak(string line) => line.StartsWith("---", StringComparison.Ordinal);

    private static List<ReportedRecipient> ReadQmail(ReadOnlySpan<string> lines)
    {
        var recipients = new List<ReportedRecipient>();
        for (var i = 1; i < lines.Length && recipients.Count < ReportReader.MaxRecipients; i++)
        {
            if (!lines[i].StartsWith('<') || !lines[i].EndsWith(">:", StringComparison.Ordinal)) continue;
            var address = HumanPart.OneLine(lines[i][1..^2], ReportReader.MaxText);
            var answer = new StringBuilder();
            for (i++; i < lines.Length && lines[i].Length > 0 && answer.Length < ReportReader.MaxText; i++) answer.Append(lines[i]).Append(' ');
            var text = HumanPart.OneLine(answer.ToString(), ReportReader.MaxText);
            recipients.Add(new(address, null, ReportAction.Failed, StatusText.Find(text) ?? "5.0.0", text, ""));
        }
        return recipients;
    }

    private static List<ReportedRecipient> ReadFailed(ReadOnlySpan<byte> header)
    {
        var recipients = new List<ReportedRecipient>();
        if (!HeaderFields.TryFind(header, "X-Failed-Recipients"u8, out var value)) return recipients;
        foreach (var item in AddressParser.ParseList(value, ReportReader.MaxRecipients))
            if (item is { Kind: AddressItemKind.Mailbox, Domain.Length: > 0 } && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address))
                recipients.Add(new(address.ToString(), null, ReportAction.Failed, "5.0.0", "", ""));
        return recipients;
    }
}
