using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Accounts;

// Cards of address books, known by their uid.
public sealed partial class DirectoryImport
{
    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };

    private async ValueTask<(bool, List<Step>)> ContactsAsync(TreeContacts wanted, CancellationToken cancel)
    {
        var address = Parse(wanted.Account).ToString();
        var owner = await directory.FindAccountAsync(address, cancel);
        KindOf(address, owner);
        var (added, changed) = (new List<ContactDraft>(), new List<ContactDraft>());
        var uids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var card in wanted.Cards)
        {
            var draft = Draft(card);
            if (!uids.Add(draft.Uid)) throw new AccountRuleException($"The card \"{ContactCard.Line(draft.Uid)}\" stands twice.");
            var stored = owner is null ? null : await store.Contacts.FindAsync(owner.Id, draft.Uid, cancel);
            if (stored is null) added.Add(draft);
            else if (!IsSame(stored.Card, draft.Card)) changed.Add(draft);
        }
        RequireRoom(address, owner is null ? 0 : await store.Contacts.CountAsync(owner.Id, cancel), added.Count);
        var steps = new List<Step>();
        if (added.Count > 0) steps.Add(Do(Cards("new", added), stop => AddAsync(address, added, stop)));
        if (changed.Count > 0) steps.Add(Do(Cards("changed", changed), stop => ReplaceAsync(address, changed, stop)));
        return (changed.Count == 0 && added.Count == wanted.Cards.Count && added.Count > 0, steps);
    }

    private async ValueTask AddAsync(string address, List<ContactDraft> drafts, CancellationToken cancel)
    {
        var account = (await directory.FindAccountAsync(address, cancel))!.Id;
        foreach (var some in drafts.Chunk(ContactStore.MaxBatch)) await store.Contacts.AddAsync(account, some, cancel);
        overlay.Cards[address] -= drafts.Count;
    }

    private async ValueTask ReplaceAsync(string address, List<ContactDraft> drafts, CancellationToken cancel)
    {
        var account = (await directory.FindAccountAsync(address, cancel))!.Id;
        foreach (var draft in drafts)
            if (await store.Contacts.FindAsync(account, draft.Uid, cancel) is { } stored) await store.Contacts.ReplaceAsync(account, stored.Id, null, draft, cancel);
    }

    private void RequireRoom(string address, int there, int added)
    {
        var waiting = overlay.Cards.GetValueOrDefault(address) + added;
        if (there + waiting > ContactStore.MaxCards) throw new AccountRuleException($"An address book has at most {ContactStore.MaxCards} cards.");
        overlay.Cards[address] = waiting;
    }

    private static ContactDraft Draft(JsonElement card)
    {
        if (card.ValueKind != JsonValueKind.Object) throw new AccountRuleException("A card is an object.");
        var octets = Encoding.UTF8.GetBytes(card.GetRawText());
        if (octets.Length > ContactStore.MaxCardOctets) throw new AccountRuleException($"A card has at most {ContactStore.MaxCardOctets} octets.");
        try
        {
            using var checkedCard = JsonDocument.Parse(octets, strict);
            ReadAll(checkedCard.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AccountRuleException("A card is JSON of Unicode text, without a name that stands twice and not deeper than 64 levels.");
        }
        if (ContactCard.Problems(card) is [var (property, why), ..]) throw new AccountRuleException($"\"{property}\" of a card: {why}.");
        return ContactCard.Text(card, "uid") is null ? throw new AccountRuleException("A card has a \"uid\".") : ContactCard.ToDraft(octets);
    }

    /// <summary>Throws where an escape stands for half a character: nobody could read the card any more.</summary>
    private static void ReadAll(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) ReadAll(item);
        else if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
            {
                _ = property.Name;
                ReadAll(property.Value);
            }
    }

    // Whatever the order of its properties, and however it is spaced.
    private static bool IsSame(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> wanted)
    {
        if (stored.Span.SequenceEqual(wanted.Span)) return true;
        using JsonDocument one = JsonDocument.Parse(stored), other = JsonDocument.Parse(wanted);
        return JsonElement.DeepEquals(one.RootElement, other.RootElement);
    }

    private static string Cards(string what, List<ContactDraft> cards)
    {
        var names = string.Join(", ", cards.Take(3).Select(card => ContactCard.Short(card.Name.Length > 0 ? card.Name : ContactCard.Line(card.Uid), 60)));
        var rest = cards.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {cards.Count - 3} more") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{cards.Count} {what}: {names}{rest}");
    }
}
