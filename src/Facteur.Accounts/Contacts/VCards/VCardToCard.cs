using System.Globalization;
using System.Text.Json.Nodes;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>Makes a card (RFC 9553) of the lines of a vCard (RFC 6350 §6). What is not named here is left out.</summary>
internal static class VCardToCard
{
    // Entries of one kind: phones write a handful.
    private const int MaxEntries = 100;

    // Fields of N (RFC 6350 §6.2.2) and ADR (§6.3.1), by their place.
    private static readonly string[] NameKinds = ["surname", "given", "given2", "title", "credential"];
    private static readonly string[] AddressKinds = ["postOfficeBox", "apartment", "name", "locality", "region", "postcode", "country"];
    // A card has one of these at least.
    private static readonly string[] Telling = ["name", "emails", "phones", "organizations", "nicknames"];

    private static readonly string[] Features = ["fax", "pager", "text", "video", "textphone", "voice"];

    /// <summary>Null for one that has neither a name nor an address nor a number.</summary>
    public static JsonObject? Read(IReadOnlyList<VCardProperty> properties)
    {
        var card = Convert(properties);
        var isMore = CardProperties.Read(card, properties);
        return IsEmpty(card) && !isMore ? null : card;
    }

    /// <summary>The card of the lines that are known here.</summary>
    public static JsonObject Convert(IReadOnlyList<VCardProperty> properties)
    {
        var card = new JsonObject { ["@type"] = "Card", ["version"] = ContactCard.Version };
        ReadName(card, properties);
        var labels = properties.Where(one => one.Name == "X-ABLABEL" && one.Group.Length > 0).GroupBy(one => one.Group).ToDictionary(group => group.Key, group => Label(group.First().Text), StringComparer.Ordinal);
        foreach (var property in properties) ReadOne(card, property, property.Group.Length > 0 ? labels.GetValueOrDefault(property.Group, "") : "");
        var uid = properties.Where(one => one.Name == "UID").Select(one => ContactCard.Line(one.Text)).FirstOrDefault(one => one.Length is > 0 and <= Storage.Contacts.ContactStore.MaxUidLength);
        card["uid"] = uid ?? ContactJson.UidOf(card);
        foreach (var (name, property) in ((string, string)[])[("CREATED", "created"), ("REV", "updated")])
            if (properties.FirstOrDefault(one => one.Name == name) is { } line && Time(Line(line)) is { } at) card[property] = ContactJson.Time(at);
        return card;
    }

    private static void ReadOne(JsonObject card, VCardProperty property, string label)
    {
        switch (property.Name)
        {
            case "EMAIL" when ContactCard.IsEmail(Address(property)):
                Add(card, "emails", With(new JsonObject { ["address"] = Address(property) }, property, label));
                break;
            case "TEL" when Number(property) is { Length: > 0 } number:
                Add(card, "phones", WithFeatures(With(new JsonObject { ["number"] = number }, property, label), property));
                break;
            case "ORG":
                ReadOrganization(card, property);
                break;
            case "TITLE" or "ROLE" when Line(property) is { Length: > 0 } title:
                Add(card, "titles", new JsonObject { ["name"] = title, ["kind"] = property.Name == "TITLE" ? "title" : "role" });
                break;
            case "NICKNAME":
                foreach (var nickname in property.List) Add(card, "nicknames", new JsonObject { ["name"] = ContactCard.Line(nickname) });
                break;
            case "ADR":
                ReadAddress(card, property, label);
                break;
            case "NOTE" when Text(property.Text) is { Length: > 0 } note:
                Add(card, "notes", new JsonObject { ["note"] = note });
                break;
            case "BDAY" when Day(property.Text) is { } day:
                Add(card, "anniversaries", new JsonObject { ["kind"] = "birth", ["date"] = ContactForm.Date(day) });
                break;
            case "ANNIVERSARY" or "X-ANNIVERSARY" when Day(property.Text) is { } day:
                Add(card, "anniversaries", new JsonObject { ["kind"] = "wedding", ["date"] = ContactForm.Date(day) });
                break;
            case "URL" when Line(property) is { Length: > 0 } uri && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https":
                Add(card, "links", With(new JsonObject { ["uri"] = uri }, property, label));
                break;
            case "CATEGORIES":
                foreach (var category in property.List.Take(MaxEntries)) ContactJson.Map(card, "keywords")[ContactCard.Line(category)] = true;
                break;
            case "KIND" or "X-ADDRESSBOOKSERVER-KIND" when Line(property).ToLowerInvariant() is "group" or "org" or "location":
                card["kind"] = Line(property).ToLowerInvariant();
                break;
            case "MEMBER" or "X-ADDRESSBOOKSERVER-MEMBER" when Line(property) is { Length: > 0 } member:
                ContactJson.Map(card, "members")[member] = true;
                break;
        }
    }

    private static void ReadName(JsonObject card, IReadOnlyList<VCardProperty> properties)
    {
        var name = new JsonObject();
        if (properties.FirstOrDefault(one => one.Name == "N") is { } parts)
        {
            var fields = parts.Fields.Select(ContactCard.Line).ToList();
            var components = new JsonArray();
            // In the order in which the name is said.
            foreach (var place in (ReadOnlySpan<int>)[3, 1, 2, 0, 4])
                if (place < fields.Count && fields[place].Length > 0) components.Add((JsonNode)ContactJson.Component(NameKinds[place], fields[place]));
            if (components.Count > 0) name["components"] = components;
        }
        var full = properties.Where(one => one.Name == "FN").Select(Line).FirstOrDefault(one => one.Length > 0) ?? (name["components"] is JsonArray list ? string.Join(' ', list.Select(one => ContactJson.Text(one as JsonObject, "value"))) : "");
        if (full.Length > 0) name["full"] = full;
        if (name.Count > 0) card["name"] = name;
    }

    private static void ReadOrganization(JsonObject card, VCardProperty property)
    {
        var fields = property.Fields.Select(ContactCard.Line).ToList();
        var organization = new JsonObject();
        if (fields[0].Length > 0) organization["name"] = fields[0];
        var units = new JsonArray();
        foreach (var unit in fields.Skip(1).Where(unit => unit.Length > 0)) units.Add((JsonNode)new JsonObject { ["name"] = unit });
        if (units.Count > 0) organization["units"] = units;
        if (organization.Count > 0) Add(card, "organizations", organization);
    }

    private static void ReadAddress(JsonObject card, VCardProperty property, string label)
    {
        var components = new JsonArray();
        var fields = property.Fields;
        for (var place = 0; place < fields.Count && place < AddressKinds.Length; place++)
            if (ContactCard.Line(fields[place]) is { Length: > 0 } value) components.Add((JsonNode)ContactJson.Component(AddressKinds[place], value));
        if (components.Count > 0) Add(card, "addresses", With(new JsonObject { ["components"] = components }, property, label));
    }

    private static JsonObject With(JsonObject entry, VCardProperty property, string label)
    {
        var contexts = new JsonObject();
        foreach (var type in property.Types)
            if (type is "home" or "work") contexts[type == "home" ? "private" : "work"] = true;
        if (contexts.Count > 0) entry["contexts"] = contexts;
        if (property.Preference is { } preference) entry["pref"] = preference;
        if (label.Length > 0) entry["label"] = label;
        return entry;
    }

    private static JsonObject WithFeatures(JsonObject entry, VCardProperty property)
    {
        var features = new JsonObject();
        foreach (var type in property.Types)
            if (type is "cell" or "mobile" or "iphone") features["mobile"] = true;
            else if (Features.Contains(type)) features[type] = true;
        if (features.Count > 0) entry["features"] = features;
        return entry;
    }

    private static void Add(JsonObject card, string name, JsonObject entry)
    {
        var map = ContactJson.Map(card, name);
        if (map.Count < MaxEntries) ContactJson.Add(map, name[0], entry);
    }

    private static string Line(VCardProperty property) => ContactCard.Line(property.Text);

    private static string Address(VCardProperty property) => WithoutScheme(Line(property), "mailto:");

    private static string Number(VCardProperty property) => WithoutScheme(Line(property), "tel:");

    private static string WithoutScheme(string text, string scheme) => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? text[scheme.Length..] : text;

    // "_$!<HomePage>!$_" is how Apple marks words that it translates itself.
    private static string Label(string text) => ContactCard.Line(text) is { Length: <= 60 } label && !label.StartsWith("_$!<", StringComparison.Ordinal) ? label : "";

    private static string Text(string text) => new([.. text.Where(c => c is '\n' or '\t' || !char.IsControl(c))]);

    // RFC 6350 §4.3.1, and with hyphens as version 3.0 has it. 1604 is the year of who did not tell it to Apple.
    private static ContactDay? Day(string text)
    {
        var date = text.Split('T')[0].Trim();
        if (DateTime.TryParseExact(date, ["yyyyMMdd", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return new ContactDay(day.Year == 1604 ? null : day.Year, day.Month, day.Day);
        var digits = string.Concat(date.Where(char.IsAsciiDigit));
        var found = date.StartsWith("--", StringComparison.Ordinal) && digits.Length == 4 ? new ContactDay(null, int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..], CultureInfo.InvariantCulture))
            : date.Length == 4 && digits.Length == 4 ? new ContactDay(int.Parse(digits, CultureInfo.InvariantCulture))
            : date.Length == 7 && digits.Length == 6 ? new ContactDay(int.Parse(digits[..4], CultureInfo.InvariantCulture), int.Parse(digits[4..], CultureInfo.InvariantCulture))
            : null;
        return found is { IsPossible: true, IsEmpty: false } ? found : null;
    }

    /// <summary>A time of UTC, as vCards (RFC 6350 §4.3.5) and as cards write it; null for any other, which is not to be guessed.</summary>
    public static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, ["yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>Neither a name nor an address nor a number.</summary>
    public static bool IsEmpty(JsonObject card) => Array.TrueForAll(Telling, name => card[name] is not JsonObject { Count: > 0 });
}
