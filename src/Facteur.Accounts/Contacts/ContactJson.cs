using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Facteur.Accounts.Contacts;

/// <summary>Makes and changes cards (JSContact, RFC 9553) as trees, of which only what is named is touched.</summary>
public static class ContactJson
{
    /// <summary>Letters of all languages as they are: cards are JSON, not part of a page.</summary>
    internal static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = null };

    public static JsonObject New(string uid, DateTimeOffset now) => new()
    {
        ["@type"] = "Card", ["version"] = ContactCard.Version, ["uid"] = uid, ["created"] = Time(now), ["updated"] = Time(now),
    };

    public static string NewUid() => "urn:uuid:" + Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture);

    /// <summary>A uid that follows from what a card says, for one that came without: the same card comes in once.</summary>
    public static string UidOf(JsonObject card)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(card.ToJsonString(Writing)), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return "urn:uuid:" + new Guid(hash[..16], bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }

    /// <summary>A time as RFC 9553 writes it: UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The map of a name, which is made when there is none.</summary>
    public static JsonObject Map(JsonObject card, string name)
    {
        if (card[name] is JsonObject map) return map;
        map = [];
        card[name] = map;
        return map;
    }

    /// <summary>Adds an object under a key that the map has not got.</summary>
    public static void Add(JsonObject map, char letter, JsonObject value)
    {
        for (var n = map.Count + 1; ; n++)
            if (letter + n.ToString(CultureInfo.InvariantCulture) is var key && !map.ContainsKey(key))
            {
                map.Add(key, value);
                return;
            }
    }

    /// <summary>Takes a map away that has nothing in it any more.</summary>
    public static void DropEmpty(JsonObject card, string name)
    {
        if (card[name] is JsonObject { Count: 0 }) card.Remove(name);
    }

    public static JsonObject Component(string kind, string value) => new() { ["kind"] = kind, ["value"] = value };

    internal static string? Text(JsonObject? of, string name) => of?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
