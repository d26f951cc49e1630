using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>
/// Writes a card as a vCard: version 4.0 (RFC 6350), or 3.0, which older telephones and programs read. Lines are folded at 75 octets, never within a character (§3.2).
/// What has no place in version 4.0 goes along in JSON (<see cref="CardProperties"/>), so that the card comes in again as it was; version 3.0 leaves it out.
/// </summary>
internal sealed class CardToVCard(bool isOld)
{
    private const int MaxLine = 75;

    private readonly StringBuilder text = new();
    private readonly List<VCardProperty> written = [];

    public static string Write(JsonObject card, bool isOld)
    {
        var writer = new CardToVCard(isOld);
        writer.WriteCard(card);
        return writer.text.ToString();
    }

    private void WriteCard(JsonObject card)
    {
        Line("BEGIN:VCARD");
        Line(isOld ? "VERSION:3.0" : "VERSION:4.0");
        if (ContactJson.Text(card, "uid") is { } uid) Line($"UID:{Escape(uid)}");
        if (!isOld && ContactJson.Text(card, "kind") is "group" or "org" or "location") Line($"KIND:{ContactJson.Text(card, "kind")}");
        WriteName(card);
        foreach (var one in Values(card, "nicknames", "name")) Line($"NICKNAME:{Escape(one)}");
        foreach (var (_, entry) in ContactForm.All(card, "emails")) WriteEntry("EMAIL", isOld ? ["INTERNET"] : [], entry, Escape(ContactCard.Line(ContactJson.Text(entry, "address") ?? "")));
        foreach (var (_, entry) in ContactForm.All(card, "phones")) WriteEntry("TEL", Features(entry), entry, Escape(ContactCard.Line(ContactJson.Text(entry, "number") ?? "")));
        foreach (var (_, entry) in ContactForm.All(card, "organizations")) WriteOrganization(entry);
        foreach (var (_, entry) in ContactForm.All(card, "titles"))
            if (ContactCard.Line(ContactJson.Text(entry, "name") ?? "") is { Length: > 0 } title) Line($"{(ContactJson.Text(entry, "kind") == "role" ? "ROLE" : "TITLE")}:{Escape(title)}");
        foreach (var (_, entry) in ContactForm.All(card, "addresses")) WriteAddress(entry);
        foreach (var (_, entry) in ContactForm.All(card, "anniversaries")) WriteDay(entry);
        foreach (var one in Values(card, "links", "uri")) Line($"URL:{ContactCard.Line(one)}");
        foreach (var one in Values(card, "notes", "note")) Line($"NOTE:{Escape(one)}");
        if (card["keywords"] is JsonObject { Count: > 0 } keywords) Line($"CATEGORIES:{string.Join(',', keywords.Select(one => Escape(one.Key)))}");
        if (!isOld && ContactJson.Text(card, "kind") == "group" && card["members"] is JsonObject members)
            foreach (var (member, _) in members) Line($"MEMBER:{ContactCard.Line(member)}");
        if (!isOld)
        {
            WriteTimes(card);
            foreach (var line in CardProperties.Write(card, VCardToCard.Convert(written), Escape)) Line(line);
        }
        Line("END:VCARD");
    }

    // REV (RFC 6350 §6.7.4) and CREATED (RFC 9554).
    private void WriteTimes(JsonObject card)
    {
        foreach (var (name, property) in ((string, string)[])[("CREATED", "created"), ("REV", "updated")])
            if (VCardToCard.Time(ContactJson.Text(card, property) ?? "") is { } at) Line(string.Create(CultureInfo.InvariantCulture, $"{name}:{at:yyyyMMdd'T'HHmmss'Z'}"));
    }

    // FN is there always (RFC 6350 §6.2.1); N in version 3.0 as well.
    private void WriteName(JsonObject card)
    {
        using var document = System.Text.Json.JsonDocument.Parse(card.ToJsonString(ContactJson.Writing));
        Line($"FN:{Escape(ContactCard.NameOf(document.RootElement))}");
        if (card["name"]?["components"] is JsonArray list)
        {
            string Of(params ReadOnlySpan<string> kinds)
            {
                var found = new List<string>();
                foreach (var kind in kinds)
                    if (ContactForm.Joined(list, kind) is { Length: > 0 } value) found.Add(Escape(value));
                return string.Join(',', found);
            }
            Line($"N:{Of("surname", "surname2")};{Of("given")};{Of("given2")};{Of("title")};{Of("credential", "generation")}");
        }
        else if (isOld)
        {
            var fields = ContactForm.Read(card);
            Line($"N:{Escape(fields.Surname)};{Escape(fields.Given)};;;");
        }
    }

    private void WriteOrganization(JsonObject entry)
    {
        var parts = new List<string> { Escape(ContactCard.Line(ContactJson.Text(entry, "name") ?? "")) };
        if (entry["units"] is JsonArray units) parts.AddRange(units.OfType<JsonObject>().Select(unit => Escape(ContactCard.Line(ContactJson.Text(unit, "name") ?? ""))));
        if (parts.Any(part => part.Length > 0)) Line($"ORG:{string.Join(';', parts)}");
    }

    private void WriteAddress(JsonObject entry)
    {
        if (entry["components"] is not JsonArray list)
        {
            if (ContactCard.Line(ContactJson.Text(entry, "full") ?? "") is { Length: > 0 } full) WriteEntry("ADR", [], entry, $";;{Escape(full)};;;;");
            return;
        }
        string Of(string kind) => Escape(ContactForm.Joined(list, kind));
        var street = string.Join(' ', new[] { Of("number"), Of("name") }.Where(part => part.Length > 0));
        WriteEntry("ADR", [], entry, $"{Of("postOfficeBox")};{Of("apartment")};{street};{Of("locality")};{Of("region")};{Of("postcode")};{Of("country")}");
    }

    private void WriteDay(JsonObject entry)
    {
        var name = ContactJson.Text(entry, "kind") switch { "birth" => "BDAY", "wedding" => isOld ? "X-ANNIVERSARY" : "ANNIVERSARY", _ => null };
        var day = ContactForm.DayOf(entry);
        if (name is null || day.IsEmpty || !day.IsPossible) return;
        var (year, month, date) = (day.Year, day.Month, day.Day);
        // Version 3.0 has no day without a year: Apple's way, which others read as well.
        if (isOld && month is { } m && date is { } d) Line(year is { } y ? string.Create(CultureInfo.InvariantCulture, $"{name}:{y:0000}-{m:00}-{d:00}") : string.Create(CultureInfo.InvariantCulture, $"{name};X-APPLE-OMIT-YEAR=1604:1604-{m:00}-{d:00}"));
        else if (!isOld)
            Line(string.Create(CultureInfo.InvariantCulture, $"{name}:") + (month is null ? year!.Value.ToString("0000", CultureInfo.InvariantCulture)
                : date is null ? string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}")
                : year is null ? string.Create(CultureInfo.InvariantCulture, $"--{month:00}{date:00}") : string.Create(CultureInfo.InvariantCulture, $"{year:0000}{month:00}{date:00}")));
    }

    private void WriteEntry(string name, IReadOnlyList<string> types, JsonObject entry, string value)
    {
        if (value.Length == 0) return;
        var all = types.ToList();
        if (entry["contexts"] is JsonObject contexts)
        {
            if (contexts.ContainsKey("private")) all.Add("home");
            if (contexts.ContainsKey("work")) all.Add("work");
        }
        var preference = entry["pref"] is JsonValue pref && pref.TryGetValue(out int number) && number is >= 1 and <= 100 ? number : 0;
        if (isOld && preference == 1) all.Add("pref");
        var line = new StringBuilder(name);
        foreach (var type in all) line.Append(";TYPE=").Append(isOld ? type.ToUpperInvariant() : type);
        if (!isOld && preference > 0) line.Append(CultureInfo.InvariantCulture, $";PREF={preference}");
        Line(line.Append(':').Append(value).ToString());
    }

    private static List<string> Features(JsonObject entry)
    {
        var types = new List<string>();
        if (entry["features"] is JsonObject features)
            foreach (var (feature, _) in features)
                if (feature == "mobile") types.Add("cell");
                else if (feature is "fax" or "pager" or "text" or "video" or "textphone" or "voice") types.Add(feature);
        return types;
    }

    private static IEnumerable<string> Values(JsonObject card, string map, string property) =>
        ContactForm.All(card, map).Select(one => ContactJson.Text(one.Value, property) ?? "").Where(value => value.Length > 0);

    // RFC 6350 §3.4.
    private static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 8);
        foreach (var c in value)
            if (c is '\\' or ',' or ';') escaped.Append('\\').Append(c);
            else if (c == '\n') escaped.Append("\\n");
            else if (c == '\t' || !char.IsControl(c)) escaped.Append(c);
        return escaped.ToString();
    }

    private void Line(string line)
    {
        if (!isOld && VCardProperty.Parse(line) is { } property) written.Add(property);
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxLine)
            {
                text.Append("\r\n ");
                octets = 1;
            }
            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
