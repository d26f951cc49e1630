using System.Globalization;
using System.Text.Json.Nodes;

namespace Facteur.Accounts.Contacts;

/// <summary>Carries fields of a form out of a card and back into it: what was not changed is not written, so that a card of another program keeps its ways.</summary>
public static class ContactForm
{
    public static ContactFields Read(JsonObject card)
    {
        var (given, surname) = NameOf(card);
        return new ContactFields
        {
            Given = given, Surname = surname,
            Nickname = First(card, "nicknames", "name"), Organization = First(card, "organizations", "name"), Title = First(card, "titles", "name"), Note = First(card, "notes", "note"),
            Emails = [.. All(card, "emails").Select(one => new ContactField(one.Key, ContactJson.Text(one.Value, "address") ?? "", Context(one.Value)))],
            Phones = [.. All(card, "phones").Select(one => new ContactField(one.Key, ContactJson.Text(one.Value, "number") ?? "", PhoneKind(one.Value)))],
            Address = ReadAddress(All(card, "addresses").FirstOrDefault().Value), Birthday = ReadDay(Birth(card).Value),
        };
    }

    public static void Write(JsonObject card, ContactFields fields)
    {
        var before = Read(card);
        if ((fields.Given, fields.Surname) != (before.Given, before.Surname)) WriteName(card, fields.Given, fields.Surname);
        foreach (var (map, name, was, value) in new[]
        {
            ("nicknames", "name", before.Nickname, fields.Nickname), ("organizations", "name", before.Organization, fields.Organization), ("titles", "name", before.Title, fields.Title), ("notes", "note", before.Note, fields.Note),
        })
            if (was != value) WriteFirst(card, map, name, value);
        WriteAll(card, "emails", "address", before.Emails, fields.Emails, SetContext);
        WriteAll(card, "phones", "number", before.Phones, fields.Phones, SetPhoneKind);
        if (fields.Address != before.Address) WriteAddress(card, fields.Address);
        if (fields.Birthday != before.Birthday) WriteBirthday(card, fields.Birthday);
    }

    // ---- names

    private static (string Given, string Surname) NameOf(JsonObject card)
    {
        if (card["name"] is not JsonObject name) return ("", "");
        if (name["components"] is JsonArray list) return (Joined(list, "given"), Joined(list, "surname"));
        var full = ContactCard.Line(ContactJson.Text(name, "full") ?? "");
        var blank = full.LastIndexOf(' ');
        return blank < 0 ? ("", full) : (full[..blank], full[(blank + 1)..]);
    }

    private static void WriteName(JsonObject card, string given, string surname)
    {
        var others = card["name"]?["components"] is JsonArray list ? list.OfType<JsonObject>().Where(one => ContactJson.Text(one, "kind") is not ("given" or "surname")).Select(one => one.DeepClone().AsObject()).ToList() : [];
        var components = new JsonArray();
        foreach (var one in others.Where(one => ContactJson.Text(one, "kind") == "title")) components.Add((JsonNode)one);
        if (given.Length > 0) components.Add((JsonNode)ContactJson.Component("given", given));
        foreach (var one in others.Where(one => ContactJson.Text(one, "kind") is not ("title" or "credential" or "generation"))) components.Add((JsonNode)one);
        if (surname.Length > 0) components.Add((JsonNode)ContactJson.Component("surname", surname));
        foreach (var one in others.Where(one => ContactJson.Text(one, "kind") is "credential" or "generation")) components.Add((JsonNode)one);
        if (components.Count == 0)
        {
            card.Remove("name");
            return;
        }
        var full = string.Join(' ', components.OfType<JsonObject>().Where(one => ContactJson.Text(one, "kind") != "separator").Select(one => ContactJson.Text(one, "value")));
        var name = ContactJson.Map(card, "name");
        name["components"] = components;
        name["full"] = full;
        // What sorts by another name than the one there is now would mislead.
        name.Remove("sortAs");
    }

    // ---- maps of which forms show all

    private static void WriteAll(JsonObject card, string name, string property, IReadOnlyList<ContactField> before, IReadOnlyList<ContactField> wanted, Action<JsonObject, string> setKind)
    {
        var map = ContactJson.Map(card, name);
        foreach (var was in before)
        {
            var now = wanted.FirstOrDefault(one => one.Key == was.Key);
            if (now is null || now.Value.Length == 0) map.Remove(was.Key);
            else if (now != was && map[was.Key] is JsonObject entry)
            {
                entry[property] = now.Value;
                if (now.Kind != was.Kind) setKind(entry, now.Kind);
            }
        }
        foreach (var one in wanted.Where(one => one.Value.Length > 0 && !before.Any(was => was.Key == one.Key)))
        {
            var entry = new JsonObject { [property] = one.Value };
            setKind(entry, one.Kind);
            ContactJson.Add(map, name[0], entry);
        }
        ContactJson.DropEmpty(card, name);
    }

    private static string Context(JsonObject entry) => entry["contexts"] is JsonObject contexts ? contexts.ContainsKey("private") ? "private" : contexts.ContainsKey("work") ? "work" : "" : "";

    private static void SetContext(JsonObject entry, string kind)
    {
        if (kind is "private" or "work") entry["contexts"] = new JsonObject { [kind] = true };
        else entry.Remove("contexts");
    }

    private static string PhoneKind(JsonObject entry) => entry["features"] is JsonObject features && (features.ContainsKey("mobile") || features.ContainsKey("fax")) ? features.ContainsKey("mobile") ? "mobile" : "fax" : Context(entry);

    private static void SetPhoneKind(JsonObject entry, string kind)
    {
        SetContext(entry, kind);
        if (kind is "mobile" or "fax") entry["features"] = new JsonObject { [kind] = true };
        else entry.Remove("features");
    }

    // ---- maps of which forms show the first

    private static string First(JsonObject card, string map, string property) => ContactJson.Text(All(card, map).FirstOrDefault().Value, property) ?? "";

    private static void WriteFirst(JsonObject card, string name, string property, string value)
    {
        var map = ContactJson.Map(card, name);
        var (key, entry) = All(card, name).FirstOrDefault();
        if (entry is null && value.Length > 0) ContactJson.Add(map, name[0], new JsonObject { [property] = value });
        else if (entry is not null && value.Length > 0) entry[property] = value;
        else if (entry is not null && !(name == "organizations" && entry.ContainsKey("units"))) map.Remove(key);
        else entry?.Remove(property);
        ContactJson.DropEmpty(card, name);
    }

    private static ContactAddress ReadAddress(JsonObject? address)
    {
        if (address is null) return new ContactAddress();
        if (address["components"] is not JsonArray list) return new ContactAddress(ContactJson.Text(address, "full") ?? "");
        string Of(string kind) => Joined(list, kind);
        var street = string.Join(' ', new[] { Of("number"), Of("name") }.Where(part => part.Length > 0));
        return new ContactAddress(street, Of("postcode"), Of("locality"), Of("region"), Of("country"));
    }

    private static void WriteAddress(JsonObject card, ContactAddress wanted)
    {
        var map = ContactJson.Map(card, "addresses");
        var (key, entry) = All(card, "addresses").FirstOrDefault();
        if (wanted.IsEmpty)
        {
            if (entry is not null) map.Remove(key);
        }
        else
        {
            if (entry is null) ContactJson.Add(map, 'a', entry = []);
            var components = new JsonArray();
            foreach (var (kind, value) in new[] { ("name", wanted.Street), ("postcode", wanted.Postcode), ("locality", wanted.Locality), ("region", wanted.Region), ("country", wanted.Country) })
                if (value.Length > 0) components.Add((JsonNode)ContactJson.Component(kind, value));
            entry["components"] = components;
            entry.Remove("full");
        }
        ContactJson.DropEmpty(card, "addresses");
    }

    private static KeyValuePair<string, JsonObject> Birth(JsonObject card) => All(card, "anniversaries").FirstOrDefault(one => ContactJson.Text(one.Value, "kind") == "birth");

    private static ContactDay ReadDay(JsonObject? anniversary)
    {
        if (anniversary?["date"] is not JsonObject date) return new ContactDay();
        if (ContactJson.Text(date, "utc") is { Length: >= 10 } utc && DateOnly.TryParseExact(utc.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return new ContactDay(day.Year, day.Month, day.Day);
        int? Of(string name) => date[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;
        return new ContactDay(Of("year"), Of("month"), Of("day"));
    }

    private static void WriteBirthday(JsonObject card, ContactDay wanted)
    {
        var map = ContactJson.Map(card, "anniversaries");
        var (key, entry) = Birth(card);
        if (wanted.IsEmpty)
        {
            if (entry is not null) map.Remove(key);
        }
        else
        {
            if (entry is null) ContactJson.Add(map, 'b', entry = new JsonObject { ["kind"] = "birth" });
            entry["date"] = Date(wanted);
        }
        ContactJson.DropEmpty(card, "anniversaries");
    }

    /// <summary>A PartialDate (RFC 9553 §2.8.1).</summary>
    internal static JsonObject Date(ContactDay day)
    {
        var date = new JsonObject { ["@type"] = "PartialDate" };
        foreach (var (name, value) in new[] { ("year", day.Year), ("month", day.Month), ("day", day.Day) })
            if (value is { } number) date[name] = number;
        return date;
    }

    internal static ContactDay DayOf(JsonObject anniversary) => ReadDay(anniversary);

    internal static List<KeyValuePair<string, JsonObject>> All(JsonObject card, string name) =>
        card[name] is JsonObject map ? [.. map.Where(one => one.Value is JsonObject).Select(one => KeyValuePair.Create(one.Key, (JsonObject)one.Value!))] : [];

    internal static string Joined(JsonArray components, string kind) =>
        string.Join(' ', components.OfType<JsonObject>().Where(one => ContactJson.Text(one, "kind") == kind).Select(one => ContactCard.Line(ContactJson.Text(one, "value") ?? "")).Where(value => value.Length > 0));
}
