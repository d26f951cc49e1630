using System.Text.Json;
using Facteur.Accounts;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>A receipt that a client wants sent (MDN, RFC 9007 §2).</summary>
internal sealed record MdnDraft
{
    private static readonly string[] known =
    [
        "forEmailId", "subject", "textBody", "includeOriginalMessage", "reportingUA", "disposition", "finalRecipient", "extensionFields",
        // The RFC's own example calls it so.
        "extension",
    ];

    private const int MaxText = 20_000;

    public required string ForEmailId { get; init; }
    public string? Subject { get; init; }
    public string? TextBody { get; init; }
    public bool? IncludeOriginal { get; init; }
    public string? ReportingUa { get; init; }

    /// <summary>"rfc822; address", or an address alone; null: the identity's.</summary>
    public string? FinalRecipient { get; init; }
    public required string ActionMode { get; init; }
    public required string SendingMode { get; init; }
    public required string Type { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Extensions { get; init; } = [];

    /// <summary>Reads one; invalidProperties with all that is wrong.</summary>
    public static MdnDraft Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new JmapSetException(new JmapSetError("invalidProperties", "an MDN is an object"));
        var reader = new JmapObjectReader(value);
        reader.Only(known);
        var disposition = new JmapObjectReader(reader.Object("disposition") ?? JsonDocument.Parse("{}").RootElement);
        var draft = new MdnDraft
        {
            ForEmailId = Required(reader, "forEmailId"), Subject = Line(reader, "subject"), TextBody = reader.String("textBody"), IncludeOriginal = reader.Bool("includeOriginalMessage"),
            ReportingUa = Line(reader, "reportingUA"), FinalRecipient = Line(reader, "finalRecipient"), Extensions = ReadExtensions(reader),
            ActionMode = Word(disposition, "actionMode", "manual-action", "automatic-action"),
            SendingMode = Word(disposition, "sendingMode", "mdn-sent-manually", "mdn-sent-automatically"),
            Type = Word(disposition, "type", "deleted", "dispatched", "displayed", "processed"),
        };
        if (!disposition.IsValid) reader.Invalid("disposition", "a disposition has an actionMode, a sendingMode and a type of RFC 9007 §2");
        if (draft.TextBody?.Length > MaxText) reader.Invalid("textBody", "textBody is too long");
        reader.Check();
        return draft;
    }

    private static string Required(JmapObjectReader reader, string name)
    {
        if (reader.String(name) is { } text) return text;
        reader.Invalid(name, $"{name} is missing");
        return "";
    }

    private static string? Line(JmapObjectReader reader, string name)
    {
        var text = reader.String(name);
        if (text is { Length: > 900 } || (text is not null && !EmailAddress.IsPlainText(text))) reader.Invalid(name, $"{name} is not a line of text");
        return text;
    }

    private static string Word(JmapObjectReader disposition, string name, params ReadOnlySpan<string> allowed)
    {
        var word = disposition.String(name);
        if (word is null || !allowed.Contains(word)) disposition.Invalid(name, "no such word");
        return word ?? "";
    }

    private static List<KeyValuePair<string, string>> ReadExtensions(JmapObjectReader reader)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var property in (ReadOnlySpan<string>)["extensionFields", "extension"])
            foreach (var field in reader.Object(property)?.EnumerateObject() ?? default)
                if (field.Value.ValueKind == JsonValueKind.String && DispositionNotification.IsExtension(field.Name) && EmailAddress.IsPlainText(field.Value.GetString()!) && field.Value.GetString()!.Length <= 900)
                    fields.Add(new(field.Name, field.Value.GetString()!));
                else reader.Invalid(property, $"{field.Name} is not an extension field");
        return fields;
    }
}
