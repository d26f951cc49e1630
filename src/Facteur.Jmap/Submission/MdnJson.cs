using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Writes MDN objects (RFC 9007 §2).</summary>
internal static class MdnJson
{
    /// <summary>What a client did not send of a receipt that left.</summary>
    public static void WriteServerSet(Utf8JsonWriter writer, MdnDraft draft, ComposedMdn mdn)
    {
        writer.WriteStartObject();
        if (draft.Subject is null) writer.WriteString("subject"u8, mdn.Subject);
        if (draft.TextBody is null) writer.WriteString("textBody"u8, mdn.TextBody);
        if (draft.IncludeOriginal is null) writer.WriteBoolean("includeOriginalMessage"u8, false);
        if (mdn.Fields.OriginalRecipient is { } original) writer.WriteString("originalRecipient"u8, original);
        if (draft.FinalRecipient is null) writer.WriteString("finalRecipient"u8, mdn.Fields.FinalRecipient);
        if (mdn.Fields.OriginalMessageId is { } id) writer.WriteString("originalMessageId"u8, id);
        writer.WriteEndObject();
    }

    /// <summary>A receipt that was read.</summary>
    /// <param name="forEmailId">Null when the message that it is about is not known.</param>
    public static void Write(Utf8JsonWriter writer, DispositionNotification fields, string? forEmailId, string? subject, string? textBody, bool includesOriginal)
    {
        writer.WriteStartObject();
        writer.WriteString("forEmailId"u8, forEmailId);
        writer.WriteString("subject"u8, subject);
        writer.WriteString("textBody"u8, textBody);
        writer.WriteBoolean("includeOriginalMessage"u8, includesOriginal);
        writer.WriteString("reportingUA"u8, fields.ReportingUa);
        writer.WriteStartObject("disposition"u8);
        writer.WriteString("actionMode"u8, fields.ActionMode);
        writer.WriteString("sendingMode"u8, fields.SendingMode);
        writer.WriteString("type"u8, fields.Type);
        writer.WriteEndObject();
        writer.WriteString("mdnGateway"u8, fields.Gateway);
        writer.WriteString("originalRecipient"u8, fields.OriginalRecipient);
        writer.WriteString("finalRecipient"u8, fields.FinalRecipient);
        writer.WriteString("originalMessageId"u8, fields.OriginalMessageId);
        WriteErrors(writer, fields.Errors);
        WriteExtensions(writer, fields.Extensions);
        writer.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<string> errors)
    {
        if (errors.Count == 0)
        {
            writer.WriteNull("error"u8);
            return;
        }
        writer.WriteStartArray("error"u8);
        foreach (var error in errors) writer.WriteStringValue(error);
        writer.WriteEndArray();
    }

    private static void WriteExtensions(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, string>> extensions)
    {
        if (extensions.Count == 0)
        {
            writer.WriteNull("extensionFields"u8);
            return;
        }
        writer.WriteStartObject("extensionFields"u8);
        foreach (var (name, value) in extensions.DistinctBy(one => one.Key)) writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}
