using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Reads message/delivery-status and its global form (RFC 3464 §2, RFC 6533 §4.1) as they are met: blank lines missing or too many,
/// fields without their type, Status or Action left out, recipients in brackets.
/// </summary>
internal sealed class StatusReader
{
    private const int MaxFields = 20_000;

    private readonly List<ReportedRecipient> recipients = [];
    private Group group = new();

    public string ReportingHost { get; private set; } = "";
    public string? EnvelopeId { get; private set; }
    public IReadOnlyList<ReportedRecipient> Recipients => recipients;

    public void Read(ReadOnlySpan<byte> octets)
    {
        var fields = 0;
        while (!octets.IsEmpty && recipients.Count < ReportReader.MaxRecipients && fields < MaxFields)
        {
            var length = GroupLength(octets);
            foreach (var field in new HeaderFields(octets[..length]))
            {
                if (++fields > MaxFields || recipients.Count >= ReportReader.MaxRecipients) break;
                Take(field);
            }
            EndGroup();
            octets = octets[length..];
            while (!octets.IsEmpty && octets[0] is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t') octets = octets[1..];
        }
    }

    /// <summary>Octets up to an empty line.</summary>
    private static int GroupLength(ReadOnlySpan<byte> octets)
    {
        var at = 0;
        while (octets[at..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            at += end + 1;
            if (at == octets.Length || octets[at] == '\n' || octets[at..].StartsWith("\r\n"u8)) return at;
        }
        return octets.Length;
    }

    private void Take(HeaderField field)
    {
        if (field.Is("Reporting-MTA"u8)) ReportingHost = Or(ReportingHost, Untyped(Value(field)));
        else if (field.Is("Original-Envelope-Id"u8)) EnvelopeId ??= Value(field);
        else if (field.Is("Final-Recipient"u8))
        {
            if (group.Final.Length > 0) EndGroup(); // the empty line between two recipients is missing
            group.Final = ReportAddress.Read(Value(field));
        }
        else if (field.Is("Original-Recipient"u8)) group.Original = Or(group.Original, ReportAddress.Read(Value(field)));
        else if (field.Is("X-Actual-Recipient"u8)) group.Actual = Or(group.Actual, ReportAddress.Read(Value(field)));
        else if (field.Is("Action"u8)) group.Action = Or(group.Action, Word(Value(field)));
        else if (field.Is("Status"u8)) group.Status = Or(group.Status, Value(field));
        else if (field.Is("Diagnostic-Code"u8)) group.Answer = Or(group.Answer, Untyped(Value(field)));
        else if (field.Is("Remote-MTA"u8)) group.Host = Or(group.Host, Untyped(Value(field)));
    }

    private void EndGroup()
    {
        var address = Or(Or(group.Final, group.Actual), group.Original);
        if (address.Length > 0)
        {
            var status = StatusText.Find(group.Status) ?? StatusText.Find(group.Answer) ?? "";
            var action = ActionOf(group.Action, status, group.Answer);
            if (status.Length == 0) status = action switch { ReportAction.Failed => "5.0.0", ReportAction.Delayed => "4.0.0", _ => "2.0.0" };
            recipients.Add(new(address, group.Original.Length == 0 ? null : group.Original, action, status, group.Answer, group.Host));
        }
        group = new Group();
    }

    private static ReportAction ActionOf(string action, string status, string answer) => action switch
    {
        "failed" or "failure" => ReportAction.Failed,
        "delayed" => ReportAction.Delayed,
        "delivered" => ReportAction.Delivered,
        "relayed" => ReportAction.Relayed,
        "expanded" => ReportAction.Expanded,
        _ => (status.Length > 0 ? status[0] : answer.Length > 0 ? answer[0] : '5') switch { '2' => ReportAction.Delivered, '4' => ReportAction.Delayed, _ => ReportAction.Failed },
    };

    private static string Value(HeaderField field) =>
        HumanPart.OneLine(Charsets.Unlabelled.GetString(HeaderFields.Unfold(field.Value)), ReportReader.MaxText);

    private static string Or(string first, string second) => first.Length > 0 ? first : second;

    // "failed (undeliverable)"
    private static string Word(string value)
    {
        var end = value.AsSpan().IndexOfAny(" (;");
        return (end < 0 ? value : value[..end]).ToLowerInvariant();
    }

    /// <summary>"smtp; 550 no" without "smtp;".</summary>
    private static string Untyped(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        return semicolon is > 0 and < 24 && !value.AsSpan(0, semicolon).TrimEnd().Contains(' ') ? value[(semicolon + 1)..].Trim() : value;
    }

    private struct Group()
    {
        public string Final = "", Original = "", Actual = "", Action = "", Status = "", Answer = "", Host = "";
    }
}

/// <summary>Finds enhanced status codes in text.</summary>
internal static class StatusText
{
    /// <summary>The first "5.1.1" that stands as a word; or, of a bare reply code at the start, its class; null without either.</summary>
    public static string? Find(string text)
    {
        foreach (var range in text.AsSpan().SplitAny(" ()-;,:#[]"))
        {
            var word = text.AsSpan(range).TrimEnd('.');
            if (StatusPart.IsStatus(word)) return word.ToString();
        }
        return text.Length >= 3 && text[0] is '2' or '4' or '5' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]) && (text.Length == 3 || !char.IsAsciiLetterOrDigit(text[3]) && text[3] != '.')
            ? $"{text[0]}.0.0"
            : null;
    }
}
