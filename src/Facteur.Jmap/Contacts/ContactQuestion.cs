using System.Text.Json;
using Facteur.Accounts.Contacts;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>A card while conditions are asked of it; afterwards only what it is sorted by.</summary>
internal sealed class ContactSubject(ContactId id, JsonElement card)
{
    public ContactId Id { get; } = id;

    /// <summary>Valid only while conditions are asked.</summary>
    public JsonElement Card { get; private set; } = card;

    public string Created { get; } = ContactCard.Text(card, "created") ?? "";
    public string Updated { get; } = ContactCard.Text(card, "updated") ?? "";
    public string Given { get; } = Of(card, "given");
    public string Surname { get; } = Of(card, "surname");
    public string Surname2 { get; } = Of(card, "surname2");

    public void Release() => Card = default;

    private static string Of(JsonElement card, string kind) => card.TryGetProperty("name"u8, out var name) ? string.Join(' ', ContactCard.Components(name, kind)) : "";
}

/// <summary>Filter and order of ContactCard/query (RFC 9610 §3.3). Every card is read once, and none is kept: an account has at most 64 MiB of them.</summary>
internal static class ContactQuestion
{
    private const int Page = 200;

    private static readonly ListedQuestion<ContactSubject> Question = new(one => ContactCardType.IdOf(one.Id), Condition, Key);

    public static async ValueTask<List<string>> AnswerAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var (matches, order) = Question.Read(call.Arguments);
        var found = new List<ContactSubject>();
        var after = default(ContactId);
        while (await call.Services.Store.Contacts.ListAsync(account.Id, after, Page, cancel) is { Count: > 0 } records)
        {
            foreach (var record in records)
            {
                using var card = JsonDocument.Parse(record.Card);
                var subject = new ContactSubject(record.Id, card.RootElement);
                if (matches(subject)) found.Add(subject);
                subject.Release();
            }
            after = records[^1].Id;
        }
        return [.. (order is null ? found : (IEnumerable<ContactSubject>)found.Order(order)).Select(one => ContactCardType.IdOf(one.Id))];
    }

    private static Comparison<ContactSubject>? Key(string property, Facteur.Storage.Searching.Collation collation) => property switch
    {
        // Times of RFC 9553 are of one form, so that their order is that of their text.
        "created" => static (a, b) => string.CompareOrdinal(a.Created, b.Created),
        "updated" => static (a, b) => string.CompareOrdinal(a.Updated, b.Updated),
        "name/given" => ListedQuestion<ContactSubject>.ByText(one => one.Given, collation),
        "name/surname" => ListedQuestion<ContactSubject>.ByText(one => one.Surname, collation),
        "name/surname2" => ListedQuestion<ContactSubject>.ByText(one => one.Surname2, collation),
        _ => null,
    };

    private static Predicate<ContactSubject> Condition(JsonElement of, string name)
    {
        var wanted = JmapArguments.RequireString(of, name);
        return name switch
        {
            "inAddressBook" => _ => wanted == AddressBookType.Id,
            "uid" => one => ContactCard.Text(one.Card, "uid") == wanted,
            "hasMember" => one => one.Card.TryGetProperty("members"u8, out var members) && members.ValueKind == JsonValueKind.Object && members.TryGetProperty(wanted, out var member) && member.ValueKind == JsonValueKind.True,
            "kind" => one => (ContactCard.Text(one.Card, "kind") ?? "individual") == wanted,
            "createdBefore" => one => one.Created.Length > 0 && string.CompareOrdinal(one.Created, wanted) < 0,
            "createdAfter" => one => string.CompareOrdinal(one.Created, wanted) >= 0,
            "updatedBefore" => one => one.Updated.Length > 0 && string.CompareOrdinal(one.Updated, wanted) < 0,
            "updatedAfter" => one => string.CompareOrdinal(one.Updated, wanted) >= 0,
            _ when Texts(name) is { } texts => Words(wanted, texts),
            _ => throw FilterReader<Predicate<ContactSubject>>.Unsupported($"{name} cannot be filtered by"),
        };
    }

    // All words of the condition have to be in one and the same text, in any case, with or without accents.
    private static Predicate<ContactSubject> Words(string wanted, Func<JsonElement, IEnumerable<string?>> texts)
    {
        var words = FoldedText.Fold(wanted).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return one =>
        {
            foreach (var text in texts(one.Card))
                if (text is not null && FoldedText.Fold(text) is var folded && Array.TrueForAll(words, word => folded.Contains(word, StringComparison.Ordinal))) return true;
            return false;
        };
    }

    private static Func<JsonElement, IEnumerable<string?>>? Texts(string name) => name switch
    {
        "text" => static card => [string.Join(' ', Strings(card))],
        "name" => static card => [Name(card) is { } name ? ContactCard.FullName(name) : null, Name(card) is { } parts ? string.Join(' ', Strings(parts)) : null],
        "name/given" => static card => Parts(card, "given"),
        "name/surname" => static card => Parts(card, "surname"),
        "name/surname2" => static card => Parts(card, "surname2"),
        "nickname" => static card => All(card, "nicknames", "name"),
        "organization" => static card => ContactCard.Maps(card, "organizations").Select(one => string.Join(' ', Strings(one))),
        "email" => static card => ContactCard.Maps(card, "emails").Select(one => $"{ContactCard.Text(one, "address")} {ContactCard.Text(one, "label")}"),
        "phone" => static card => ContactCard.Maps(card, "phones").Select(one => $"{ContactCard.Text(one, "number")} {ContactCard.Text(one, "label")}"),
        "onlineService" => static card => ContactCard.Maps(card, "onlineServices").Select(one => string.Join(' ', Strings(one))),
        "address" => static card => ContactCard.Maps(card, "addresses").Select(one => string.Join(' ', Strings(one))),
        "note" => static card => All(card, "notes", "note"),
        _ => null,
    };

    private static JsonElement? Name(JsonElement card) => card.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.Object ? name : null;

    private static IEnumerable<string?> Parts(JsonElement card, string kind) => Name(card) is { } name ? ContactCard.Components(name, kind) : [];

    private static IEnumerable<string?> All(JsonElement card, string map, string property) => ContactCard.Maps(card, map).Select(one => ContactCard.Text(one, property));

    /// <summary>All strings below, names of properties not among them.</summary>
    private static IEnumerable<string> Strings(JsonElement of) => of.ValueKind switch
    {
        JsonValueKind.String => [of.GetString()!],
        JsonValueKind.Object => of.EnumerateObject().SelectMany(one => Strings(one.Value)),
        JsonValueKind.Array => of.EnumerateArray().SelectMany(Strings),
        _ => [],
    };
}
