using Facteur.Mail;

namespace Facteur.Delivery.Vacation;

/// <summary>What of a message's header an automatic reply depends on.</summary>
public sealed record VacationMessage
{
    private const int MaxAddresses = 200;
    private const int MaxFields = 2_000;

    // RFC 5230 §4.6
    private static readonly string[] listFields =
        ["List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner", "List-Archive"];

    private static readonly string[] machineFields = ["X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "Feedback-ID", "X-Failed-Recipients"];

    private static readonly string[] recipientFields = ["To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"];

    /// <summary>It came by a list, or says it is bulk.</summary>
    public bool IsList { get; private init; }

    /// <summary>A machine wrote it: Auto-Submitted other than "no" (RFC 3834 §2), a report, or a sign of software that sends or answers by itself.</summary>
    public bool IsAutomatic { get; private init; }

    /// <summary>Addresses of To, Cc, Bcc and their resent forms, at most 200.</summary>
    public IReadOnlyList<string> Recipients { get; private init; } = [];

    /// <summary>Without brackets, or null.</summary>
    public string? MessageId { get; private init; }

    /// <summary>Without brackets, oldest first.</summary>
    public IReadOnlyList<string> References { get; private init; } = [];

    /// <summary>Decoded.</summary>
    public string Subject { get; private init; } = "";

    /// <param name="header">The header as it came in, or its first 64 KiB.</param>
    public static VacationMessage Read(ReadOnlySpan<byte> header)
    {
        bool isList = false, isAutomatic = false;
        var recipients = new List<string>();
        var count = 0;
        foreach (var field in new HeaderFields(header))
        {
            if (++count > MaxFields) break;
            if (IsOneOf(field, listFields)) isList = true;
            else if (IsOneOf(field, machineFields)) isAutomatic |= !field.Is("X-Auto-Response-Suppress"u8) || Suppresses(Word(field.Value));
            else if (field.Is("Precedence"u8)) isList |= Word(field.Value) is "bulk" or "list" or "junk";
            else if (field.Is("Auto-Submitted"u8)) isAutomatic |= Word(field.Value) is not ("no" or "");
            else if (field.Is("Content-Type"u8)) isAutomatic |= Word(field.Value).StartsWith("multipart/report", StringComparison.Ordinal);
            else if (IsOneOf(field, recipientFields)) AddAddresses(field.Value, recipients);
        }
        return new VacationMessage
        {
            IsList = isList,
            IsAutomatic = isAutomatic,
            Recipients = recipients,
            MessageId = Ids(header, "Message-ID"u8) is [var id, ..] ? id : null,
            References = Ids(header, "References"u8) is { Count: > 0 } references ? references : Ids(header, "In-Reply-To"u8),
            Subject = HeaderFields.TryFind(header, "Subject"u8, out var subject) ? EncodedWords.Decode(subject) : "",
        };
    }

    // "OOF", "AutoReply", "All": Exchange asks for no such reply; "DR", "RN", "NRN" are about other things.
    private static bool Suppresses(string value) => value.Contains("all", StringComparison.Ordinal) || value.Contains("oof", StringComparison.Ordinal) || value.Contains("autoreply", StringComparison.Ordinal);

    private static bool IsOneOf(HeaderField field, string[] names)
    {
        foreach (var name in names)
            if (System.Text.Ascii.EqualsIgnoreCase(field.Name, name)) return true;
        return false;
    }

    /// <summary>The value in lower case without comments at its end and parameters.</summary>
    private static string Word(ReadOnlySpan<byte> value)
    {
        var text = EncodedWords.Decode(value);
        var end = text.AsSpan().IndexOfAny(";(");
        return (end < 0 ? text : text[..end]).Trim().ToLowerInvariant();
    }

    private static void AddAddresses(ReadOnlySpan<byte> value, List<string> into)
    {
        foreach (var item in AddressParser.ParseList(value, MaxAddresses))
        {
            if (into.Count >= MaxAddresses) return;
            if (item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address)) into.Add(address.ToString());
        }
    }

    private static List<string> Ids(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name) =>
        HeaderFields.TryFind(header, name, out var value) ? [.. MessageIds.Parse(value).Select(id => id.Trim('<', '>'))] : [];
}
