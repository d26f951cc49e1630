using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>
/// What a vCard has no place for, in lines "JSPROP;JSPTR=…" (RFC 9555): a property of the card in JSON. It is found out by reading back what was written, so that a card
/// comes in as it went out whatever is in it, and a card that says nothing unusual has no such lines.
/// </summary>
internal static class CardProperties
{
    public const string Name = "JSPROP";

    private const string Pointer = "JSPTR";

    // A whole card has to be read where any JSON is: 64 levels, itself among them.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 62, AllowDuplicateProperties = false };

    /// <summary>Content lines, unfolded, for what is otherwise in a card than in the one that its lines are read as; "null" stands for what is not in it.</summary>
    /// <param name="escape">Of texts (RFC 6350 §3.4).</param>
    public static IEnumerable<string> Write(JsonObject card, JsonObject read, Func<string, string> escape)
    {
        // Without any such line a vCard that names nobody is none.
        var isEmpty = VCardToCard.IsEmpty(read);
        foreach (var (name, value) in card)
            if (!IsOwn(name) && ((isEmpty && name != "uid") || !JsonNode.DeepEquals(value, read[name])))
                yield return Line(name, escape(value?.ToJsonString(ContactJson.Writing) ?? "null"));
        foreach (var (name, _) in read)
            if (!IsOwn(name) && !card.ContainsKey(name)) yield return Line(name, "null");
    }

    /// <summary>Puts what such lines say into the card; nothing of it when the card would not be one any more.</summary>
    /// <returns>Whether they added anything.</returns>
    public static bool Read(JsonObject card, IReadOnlyList<VCardProperty> properties)
    {
        var lines = properties.Where(one => one.Name == Name).ToList();
        if (lines.Count == 0) return false;
        var before = card.DeepClone().AsObject();
        var isMore = false;
        foreach (var line in lines)
        {
            if (NameOf(line.Parameter(Pointer)) is not { } name || IsOwn(name) || !TryParse(line.Text, out var value)) continue;
            card.Remove(name);
            if (value is not null) card[name] = value;
            isMore |= value is not null;
        }
        using (var whole = JsonDocument.Parse(card.ToJsonString(ContactJson.Writing)))
            if (card.ContainsKey("uid") && ContactCard.Problems(whole.RootElement).Count == 0) return isMore;
        card.Clear();
        foreach (var (name, value) in before) card[name] = value?.DeepClone();
        return false;
    }

    private static bool IsOwn(string name) => name is "@type" or "version";

    private static string Line(string name, string value) => $"{Name};{Pointer}=\"{Quoted(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))}\":{value}";

    // RFC 6868 §3: what may not stand between quotes.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is '^' or '"' or '\n') quoted.Append(c switch { '^' => "^^", '"' => "^'", _ => "^n" });
            else quoted.Append(c);
        return quoted.ToString();
    }

    /// <summary>The property that a pointer names; null when it leads into one.</summary>
    private static string? NameOf(string? pointer)
    {
        if (string.IsNullOrEmpty(pointer) || pointer.Contains('/', StringComparison.Ordinal)) return null;
        var name = new StringBuilder(pointer.Length);
        for (var i = 0; i < pointer.Length; i++)
            if (pointer[i] == '^' && i + 1 < pointer.Length && pointer[i + 1] is '^' or '\'' or 'n') name.Append(pointer[++i] switch { '\'' => '"', 'n' => '\n', _ => '^' });
            else name.Append(pointer[i]);
        return name.Replace("~1", "/").Replace("~0", "~").ToString();
    }

    private static bool TryParse(string json, out JsonNode? value)
    {
        value = null;
        try
        {
            value = JsonNode.Parse(json, null, Reading);
            _ = value?.ToJsonString(ContactJson.Writing); // reads every text in it
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
