using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>What a receipt says became of a message for a recipient: the machine-readable part of an MDN (RFC 8098 §3.1).</summary>
public sealed record DispositionNotification
{
    public const string MediaType = "message/disposition-notification";

    private const int MaxFields = 100;
    private const int MaxValue = 2_000;

    /// <summary>"name; product", or null.</summary>
    public string? ReportingUa { get; init; }

    /// <summary>"type; name", or null.</summary>
    public string? Gateway { get; init; }

    /// <summary>"rfc822; address" as the sender wrote it, or null.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>"rfc822; address": for whom it is.</summary>
    public required string FinalRecipient { get; init; }

    /// <summary>With its angle brackets, or null.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>"manual-action" or "automatic-action".</summary>
    public required string ActionMode { get; init; }

    /// <summary>"mdn-sent-manually" or "mdn-sent-automatically".</summary>
    public required string SendingMode { get; init; }

    /// <summary>"displayed", "deleted", "dispatched" or "processed" (RFC 8098 §3.2.6.2).</summary>
    public required string Type { get; init; }

    /// <summary>Texts of Error fields (RFC 8098 §3.2.7).</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Extension fields (RFC 8098 §3.3), names as written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extensions { get; init; } = [];

    /// <summary>True for a name that a field may have (RFC 5322 §3.6.8) and that is not one of these fields.</summary>
    public static bool IsExtension(string name) =>
        name.Length is > 0 and <= 76 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal) && KindOf(Encoding.ASCII.GetBytes(name)) == Field.Extension;

    /// <summary>The content of the part, each line with its CRLF.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(512);
        Line(output, "Reporting-UA", ReportingUa);
        Line(output, "MDN-Gateway", Gateway);
        Line(output, "Original-Recipient", OriginalRecipient);
        Line(output, "Final-Recipient", FinalRecipient);
        Line(output, "Original-Message-ID", OriginalMessageId);
        Line(output, "Disposition", $"{ActionMode}/{SendingMode.Replace("mdn-", "MDN-", StringComparison.Ordinal)}; {Type}");
        foreach (var error in Errors) Line(output, "Error", error);
        foreach (var (name, value) in Extensions) Line(output, name, value);
        return output.WrittenMemory;
    }

    /// <summary>Reads the content of the part, in any case of its words; null when it does not say for whom and what.</summary>
    public static DispositionNotification? Read(ReadOnlySpan<byte> content)
    {
        string? agent = null, gateway = null, original = null, final = null, id = null;
        (string Action, string Sending, string Type)? disposition = null;
        var (errors, extensions) = (new List<string>(), new List<KeyValuePair<string, string>>());
        var count = 0;
        foreach (var field in new HeaderFields(content))
        {
            if (field.Name.IsEmpty || ++count > MaxFields) continue;
            var value = Value(field);
            switch (KindOf(field.Name))
            {
                case Field.ReportingUa: agent ??= value; break;
                case Field.Gateway: gateway ??= value; break;
                case Field.OriginalRecipient: original ??= value; break;
                case Field.FinalRecipient: final ??= value; break;
                case Field.OriginalMessageId: id ??= MessageIds.Parse(field.Value) is [var first, ..] ? first : null; break;
                case Field.Disposition: disposition ??= ReadDisposition(value); break;
                case Field.Error: errors.Add(value); break;
                default: extensions.Add(new(Encoding.ASCII.GetString(field.Name).Trim(), value)); break;
            }
        }
        if (final is null || disposition is not var (action, sending, type)) return null;
        return new DispositionNotification
        {
            ReportingUa = agent, Gateway = gateway, OriginalRecipient = original, FinalRecipient = final, OriginalMessageId = id,
            ActionMode = action, SendingMode = sending, Type = type, Errors = errors, Extensions = extensions,
        };
    }

    private enum Field : byte { Extension, ReportingUa, Gateway, OriginalRecipient, FinalRecipient, OriginalMessageId, Disposition, Error }

    private static Field KindOf(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd(" \t"u8);
        return Ascii.EqualsIgnoreCase(name, "Reporting-UA"u8) ? Field.ReportingUa
            : Ascii.EqualsIgnoreCase(name, "MDN-Gateway"u8) ? Field.Gateway
            : Ascii.EqualsIgnoreCase(name, "Original-Recipient"u8) ? Field.OriginalRecipient
            : Ascii.EqualsIgnoreCase(name, "Final-Recipient"u8) ? Field.FinalRecipient
            : Ascii.EqualsIgnoreCase(name, "Original-Message-ID"u8) ? Field.OriginalMessageId
            : Ascii.EqualsIgnoreCase(name, "Disposition"u8) ? Field.Disposition
            : Ascii.EqualsIgnoreCase(name, "Error"u8) ? Field.Error
            : Field.Extension;
    }

    // disposition-mode ";" disposition-type [ "/" modifiers ], RFC 8098 §3.2.6; comments and blanks are met anywhere.
    private static (string, string, string)? ReadDisposition(string value)
    {
        if (value.ToLowerInvariant().Split(';', 2) is not [var mode, var rest] || mode.Split('/', 2) is not [var action, var sending]) return null;
        var type = rest.Split('/', 2)[0];
        (action, sending, type) = (action.Trim(), sending.Trim(), type.Trim());
        return action is "manual-action" or "automatic-action" && sending is "mdn-sent-manually" or "mdn-sent-automatically" && type is "displayed" or "deleted" or "dispatched" or "processed"
            ? (action, sending, type)
            : null;
    }

    private static string Value(HeaderField field)
    {
        var text = EncodedWords.Decode(HeaderFields.Unfold(field.Value));
        return text.Length <= MaxValue ? text : text[..MaxValue];
    }

    private static void Line(ArrayBufferWriter<byte> output, string name, string? value)
    {
        if (value is null) return;
        var text = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        Encoding.ASCII.GetBytes($"{name}: {(Ascii.IsValid(text) ? text : EncodedWords.Encode(text))}\r\n", output);
    }
}
