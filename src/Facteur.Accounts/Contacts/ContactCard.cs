using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Storage.Contacts;

namespace Facteur.Accounts.Contacts;

/// <summary>
/// Reads cards (JSContact, RFC 9553): what is wrong with one, and what lists show of it. All that nothing here knows stays as it came. Cards are of any program, so that
/// reading never fails: what is not of the shape that it should have is not there.
/// </summary>
public static class ContactCard
{
    public const string Version = "1.0";

    private const int MaxName = 200, MaxWords = 4_000, MaxEmail = 320;

    /// <summary>What the card cannot be kept for: a property and a sentence each; empty when it can.</summary>
    public static IReadOnlyList<(string Property, string Why)> Problems(JsonElement card)
    {
        var problems = new List<(string, string)>();
        if (Find(card, "@type") is { } type && !IsText(type, "Card")) problems.Add(("@type", "@type is \"Card\""));
        if (Find(card, "version") is { } version && !IsText(version, Version)) problems.Add(("version", "version is \"1.0\""));
        if (Find(card, "uid") is { } uid && !(uid.ValueKind == JsonValueKind.String && uid.GetString() is { Length: > 0 and <= ContactStore.MaxUidLength })) problems.Add(("uid", "uid is a string of 1 to 255 characters"));
        if (Find(card, "kind") is { } kind && kind.ValueKind != JsonValueKind.String) problems.Add(("kind", "kind is a string"));
        if (Find(card, "name") is { } name && !IsName(name)) problems.Add(("name", "name is an object with full, a string, or components"));
        if (Find(card, "emails") is { } emails && !(emails.ValueKind == JsonValueKind.Object && emails.EnumerateObject().All(one => IsEmail(Text(one.Value, "address")))))
            problems.Add(("emails", "each of emails is an object with an address"));
        foreach (var map in (ReadOnlySpan<string>)["phones", "organizations", "nicknames", "titles", "addresses", "notes", "anniversaries", "onlineServices", "links", "members", "keywords", "media"])
            if (Find(card, map) is { } found && found.ValueKind != JsonValueKind.Object) problems.Add((map, $"{map} is an object"));
        if (Maps(card, "media").Any(one => Find(one, "blobId") is not null)) problems.Add(("media", "media by blobId is not kept here"));
        return problems;
    }

    /// <summary>A text that is an address, as far as anybody can tell without writing to it.</summary>
    public static bool IsEmail(string? text) =>
        text is { Length: >= 3 and <= MaxEmail } && text.LastIndexOf('@') is > 0 and var at && at < text.Length - 1 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>');

    /// <summary>The card to keep, with what lists need of it.</summary>
    public static ContactDraft ToDraft(JsonObject card) => ToDraft(Encoding.UTF8.GetBytes(card.ToJsonString(ContactJson.Writing)));

    /// <param name="json">A card without <see cref="Problems"/>, with a uid.</param>
    public static ContactDraft ToDraft(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var card = document.RootElement;
        return new ContactDraft(Text(card, "uid") ?? "", Short(NameOf(card), MaxName), Emails(card), Short(Words(card), MaxWords), json);
    }

    /// <summary>What the card is called in lists: its name, or what else tells whose it is; "" for none.</summary>
    public static string NameOf(JsonElement card)
    {
        var name = Find(card, "name") is { } found ? FullName(found) : "";
        string?[] others = [name, Maps(card, "nicknames").Select(one => Text(one, "name")).FirstOrDefault(), Maps(card, "organizations").Select(one => Text(one, "name")).FirstOrDefault(), Emails(card) is [var email, ..] ? email : null, Maps(card, "phones").Select(one => Text(one, "number")).FirstOrDefault()];
        return others.Select(one => Line(one ?? "")).FirstOrDefault(one => one.Length > 0) ?? "";
    }

    /// <summary>Its addresses, the preferred one first (RFC 9553 §1.5.3).</summary>
    public static IReadOnlyList<string> Emails(JsonElement card) =>
        [.. Maps(card, "emails").Select(one => (Address: Text(one, "address"), Pref: Number(one, "pref") ?? int.MaxValue)).Where(one => IsEmail(one.Address)).OrderBy(one => one.Pref).Select(one => one.Address!).Distinct(StringComparer.Ordinal)];

    /// <summary>Values of a map of objects; empty for anything else.</summary>
    public static IEnumerable<JsonElement> Maps(JsonElement card, string name) =>
        Find(card, name) is { ValueKind: JsonValueKind.Object } map ? map.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.Object).Select(one => one.Value) : [];

    /// <summary>A string; null for anything else.</summary>
    public static string? Text(JsonElement of, string name) => Find(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static int? Number(JsonElement of, string name) => Find(of, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    /// <summary>Values of components of a kind, of a name or an address.</summary>
    public static IEnumerable<string> Components(JsonElement of, string kind) =>
        Find(of, "components") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(one => Text(one, "kind") == kind).Select(one => Text(one, "value") ?? "").Where(value => value.Length > 0)
            : [];

    /// <summary>A name in full: as given, or of its components.</summary>
    public static string FullName(JsonElement name)
    {
        if (Text(name, "full") is { } full && Line(full) is { Length: > 0 } line) return line;
        return Find(name, "components") is { ValueKind: JsonValueKind.Array } list
            ? Line(string.Join(' ', list.EnumerateArray().Where(one => Text(one, "kind") != "separator").Select(one => Text(one, "value"))))
            : "";
    }

    /// <summary>One line, without what is not seen.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
            }
            else line.Append(c);
        return line.ToString().TrimEnd();
    }

    internal static JsonElement? Find(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    internal static string Short(string text, int max) => text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];

    // What people look for beside name and address.
    private static string Words(JsonElement card)
    {
        var words = new List<string?>();
        if (Find(card, "name") is { } name) words.Add(FullName(name));
        words.AddRange(Maps(card, "nicknames").Select(one => Text(one, "name")));
        foreach (var one in Maps(card, "organizations"))
        {
            words.Add(Text(one, "name"));
            if (Find(one, "units") is { ValueKind: JsonValueKind.Array } units) words.AddRange(units.EnumerateArray().Select(unit => Text(unit, "name")));
        }
        words.AddRange(Maps(card, "titles").Select(one => Text(one, "name")));
        foreach (var number in Maps(card, "phones").Select(one => Text(one, "number")).OfType<string>())
        {
            words.Add(number);
            words.Add(string.Concat(number.Where(char.IsAsciiDigit)));
        }
        words.AddRange(Maps(card, "addresses").SelectMany(one => Components(one, "locality")));
        words.AddRange(Maps(card, "notes").Select(one => Text(one, "note")));
        return string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word)));
    }

    private static bool IsName(JsonElement name) =>
        name.ValueKind == JsonValueKind.Object
        && (Find(name, "full") is not { } full || full.ValueKind == JsonValueKind.String)
        && (Find(name, "components") is not { } list || (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(one => Text(one, "value") is not null)));

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
