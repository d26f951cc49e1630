using System.Collections.Frozen;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What a call of Email/get or Email/parse asks of each email, and what has to be read for it; made once for all of them.</summary>
internal sealed class EmailPlan
{
    /// <summary>More make no sense, and each costs time for every field of every header.</summary>
    private const int MaxProperties = 200;

    private EmailFields fields;
    private bool withSnooze;

    private EmailPlan() { }

    public List<AskedProperty<EmailProperty>> Properties { get; } = [];
    public List<AskedProperty<BodyProperty>> BodyProperties { get; } = [];

    /// <summary>Fields of message headers, and of parts' headers, that are asked for.</summary>
    public HeaderSet Headers { get; } = new();
    public HeaderSet BodyHeaders { get; } = new();

    public bool FetchTextBodyValues { get; private init; }
    public bool FetchHtmlBodyValues { get; private init; }
    public bool FetchAllBodyValues { get; private init; }

    /// <summary>maxBodyValueBytes; 0 for no bound.</summary>
    public long MaxBodyValueOctets { get; private init; }

    /// <summary>What to read beside the message.</summary>
    public EmailFields Fields => fields;

    /// <summary>Nothing is asked for but what the account's snapshot holds.</summary>
    public bool IsMetadata => fields == EmailFields.Entry && !NeedsHeader;

    /// <summary>The header has to be read, whatever ENVELOPE says.</summary>
    public bool NeedsHeader { get; private set; }

    /// <summary>Some property is in the header, or in ENVELOPE.</summary>
    public bool UsesHeader => Headers.Count > 0;

    public bool WantsSender { get; private set; }
    public bool WantsReplyTo { get; private set; }

    /// <summary>Parts are looked at.</summary>
    public bool NeedsParts { get; private set; }

    /// <summary>Parts are divided into text, HTML and attachments.</summary>
    public bool NeedsSelection { get; private set; }

    /// <summary>Sizes of parts are told: one that is not stored has to be counted.</summary>
    public bool NeedsSizes { get; private set; }

    /// <summary>The parts' own headers are told.</summary>
    public bool NeedsPartHeaders { get; private set; }

    public bool FetchesBodyValues => FetchTextBodyValues || FetchHtmlBodyValues || FetchAllBodyValues;

    /// <summary>Reads the arguments that both methods have (RFC 8621 §4.2, §4.9); invalidArguments for what is none.</summary>
    /// <param name="defaults">Properties told when none are asked for.</param>
    /// <param name="alwaysId">"id" is told even when it is not asked for (RFC 8620 §5.1).</param>
    /// <param name="withSnooze">The request uses <see cref="JmapCapabilities.FacteurSnooze"/>.</param>
    public static EmailPlan Read(JsonElement arguments, IReadOnlyList<string> defaults, bool alwaysId, bool withSnooze = false)
    {
        var plan = new EmailPlan
        {
            withSnooze = withSnooze,
            FetchTextBodyValues = JmapArguments.Bool(arguments, "fetchTextBodyValues") ?? false,
            FetchHtmlBodyValues = JmapArguments.Bool(arguments, "fetchHTMLBodyValues") ?? false,
            FetchAllBodyValues = JmapArguments.Bool(arguments, "fetchAllBodyValues") ?? false,
            MaxBodyValueOctets = JmapArguments.UnsignedInt(arguments, "maxBodyValueBytes") ?? 0,
        };
        if (alwaysId) plan.Add("id");
        foreach (var name in Names(arguments, "properties", defaults))
            if (!alwaysId || name != "id") plan.Add(name);
        var bodyDefaults = arguments.TryGetProperty("bodyProperties", out var given) && given.ValueKind != JsonValueKind.Null ? [] : EmailProperties.OfBody;
        foreach (var name in Names(arguments, "bodyProperties", bodyDefaults)) plan.AddBody(name);
        // A structure without what it is made of would be of no use to anybody: told unless the client made its own list.
        if (bodyDefaults.Count > 0) plan.AddBody("subParts");
        plan.Settle();
        return plan;
    }

    public bool Wants(EmailProperty property)
    {
        foreach (var asked in Properties)
            if (asked.Property == property) return true;
        return false;
    }

    private static IEnumerable<string> Names(JsonElement arguments, string argument, IReadOnlyList<string> defaults)
    {
        var names = JmapArguments.Strings(arguments, argument);
        if (names?.Count > MaxProperties) throw JmapMethodException.InvalidArguments($"{argument} has more than {MaxProperties} names");
        return names?.Distinct(StringComparer.Ordinal) ?? defaults;
    }

    private void Add(string name)
    {
        if (!withSnooze && EmailProperties.OfSnooze.Contains(name)) throw JmapMethodException.InvalidArguments($"{name} is a property of {JmapCapabilities.FacteurSnooze}");
        var (property, header) = Resolve(name, EmailProperties.ByName, EmailProperty.Header);
        header ??= EmailProperties.HeaderOf(property);
        Properties.Add(new(property, JsonEncodedText.Encode(name), header, header is null ? -1 : Headers.Add(header.Field)));
    }

    private void AddBody(string name)
    {
        var (property, header) = Resolve(name, EmailProperties.BodyByName, BodyProperty.Header);
        BodyProperties.Add(new(property, JsonEncodedText.Encode(name), header, header is null ? -1 : BodyHeaders.Add(header.Field)));
    }

    private static (TProperty Property, HeaderProperty? Header) Resolve<TProperty>(string name, FrozenDictionary<string, TProperty> known, TProperty ofHeader)
    {
        if (known.TryGetValue(name, out var property)) return (property, null);
        if (name.StartsWith(HeaderProperty.Prefix, StringComparison.Ordinal) && HeaderProperty.Read(name) is { } header) return (ofHeader, header);
        throw JmapMethodException.InvalidArguments($"{name} is not a property, or a form that its header field has not got");
    }

    private void Settle()
    {
        foreach (var asked in Properties)
        {
            NeedsHeader |= asked.Property is EmailProperty.Headers or EmailProperty.Header or EmailProperty.References;
            NeedsParts |= asked.Property >= EmailProperty.BodyStructure && (asked.Property != EmailProperty.BodyValues || FetchesBodyValues);
            NeedsSelection |= asked.Property is EmailProperty.TextBody or EmailProperty.HtmlBody or EmailProperty.Attachments;
            if (asked.Property == EmailProperty.Preview) fields |= EmailFields.Preview;
        }
        (WantsSender, WantsReplyTo) = (Wants(EmailProperty.Sender), Wants(EmailProperty.ReplyTo));
        NeedsSelection |= Wants(EmailProperty.BodyValues) && (FetchTextBodyValues || FetchHtmlBodyValues);
        NeedsSizes = BodyProperties.Exists(asked => asked.Property == BodyProperty.Size);
        NeedsPartHeaders = BodyProperties.Exists(asked => asked.Property is BodyProperty.Headers or BodyProperty.Header);
        if (UsesHeader) fields |= EmailFields.Envelope;
        if (NeedsParts) fields |= EmailFields.Parts | EmailFields.BodyStructure;
    }
}
