using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Facteur.Accounts.Contacts.VCards;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Accounts.Contacts;

/// <summary>The address book of an account as pages use it: forms, files of vCards in and out. Every verb is of the account named, and of no other.</summary>
public sealed class ContactBook(ContactStore store, TimeProvider time)
{
    /// <summary>Longest file of vCards, photos included.</summary>
    public const long MaxFileOctets = 64 * 1024 * 1024;

    public ValueTask<ContactPage> PageAsync(AccountId account, ContactListing listing, CancellationToken cancel) => store.PageAsync(account, listing, cancel);

    /// <summary>A card as a form shows it, and when it was so; null when the account has none of that id.</summary>
    public async ValueTask<(ContactRecord Record, ContactFields Fields)?> FindAsync(AccountId account, ContactId id, CancellationToken cancel) =>
        await store.FindAsync(account, id, cancel) is { } record && Parse(record.Card) is { } card ? (record, ContactForm.Read(card)) : null;

    public async ValueTask<ContactId> AddAsync(AccountId account, ContactFields fields, CancellationToken cancel)
    {
        var card = ContactJson.New(ContactJson.NewUid(), time.GetUtcNow());
        ContactForm.Write(card, fields);
        return (await store.AddAsync(account, [ContactCard.ToDraft(card)], cancel))[0].Id;
    }

    /// <param name="unchangedSince">Refused with StateMismatch when somebody changed the card after.</param>
    /// <returns>False when it is gone.</returns>
    public async ValueTask<bool> SaveAsync(AccountId account, ContactId id, ModSeq unchangedSince, ContactFields fields, CancellationToken cancel)
    {
        if (await store.FindAsync(account, id, cancel) is not { } record || Parse(record.Card) is not { } card) return false;
        ContactForm.Write(card, fields);
        card["updated"] = ContactJson.Time(time.GetUtcNow());
        return await store.ReplaceAsync(account, id, unchangedSince, ContactCard.ToDraft(card), cancel);
    }

    /// <summary>Takes a card away; answers it, so that it can be put back.</summary>
    public async ValueTask<ContactRecord?> RemoveAsync(AccountId account, ContactId id, CancellationToken cancel) =>
        await store.FindAsync(account, id, cancel) is { } record && await store.RemoveAsync(account, [id], cancel) == 1 ? record : null;

    /// <summary>Takes the cards of a file in, as far as there are any; the file is read once, and never whole.</summary>
    public async ValueTask<ContactImport> ImportAsync(AccountId account, Stream file, CancellationToken cancel)
    {
        var import = new ContactImport();
        var reader = new VCardReader(file);
        var drafts = new List<(int Number, ContactDraft Draft)>();
        var octets = 0L;
        for (var number = 1; await reader.ReadAsync(cancel) is { } read; number++)
        {
            if (read.HasPhoto) import.Photos++;
            var card = read.Problem == VCardProblem.None ? VCardToCard.Read(read.Properties) : null;
            if (card is null)
            {
                import.Refuse(number, NameOf(read), read.Problem == VCardProblem.None ? VCardProblem.Empty : read.Problem);
                continue;
            }
            var now = ContactJson.Time(time.GetUtcNow());
            foreach (var property in (ReadOnlySpan<string>)["created", "updated"])
                if (card[property] is null) card[property] = now;
            var draft = ContactCard.ToDraft(card);
            if (draft.Card.Length > ContactStore.MaxCardOctets)
            {
                import.Refuse(number, draft.Name, VCardProblem.TooLong);
                continue;
            }
            drafts.Add((number, draft));
            if (drafts.Count < ContactStore.MaxBatch && (octets += draft.Card.Length) < 1024 * 1024) continue;
            await KeepAsync(account, drafts, import, cancel);
            octets = 0;
        }
        await KeepAsync(account, drafts, import, cancel);
        return import;
    }

    /// <summary>Writes all cards of the account as vCards, some at a time.</summary>
    /// <param name="isOld">Version 3.0 instead of 4.0.</param>
    public async ValueTask ExportAsync(AccountId account, bool isOld, Stream file, CancellationToken cancel)
    {
        await foreach (var cards in ReadAllAsync(account, isOld, cancel)) await file.WriteAsync(cards, cancel);
    }

    /// <summary>All cards of the account as vCards, one after another.</summary>
    /// <inheritdoc cref="ExportAsync"/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(AccountId account, bool isOld, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = default(ContactId);
        while (await store.ListAsync(account, after, 100, cancel) is { Count: > 0 } records)
        {
            foreach (var record in records)
                if (Parse(record.Card) is { } card) yield return Encoding.UTF8.GetBytes(CardToVCard.Write(card, isOld));
            after = records[^1].Id;
        }
    }

    private async ValueTask KeepAsync(AccountId account, List<(int Number, ContactDraft Draft)> drafts, ContactImport import, CancellationToken cancel)
    {
        if (drafts.Count == 0) return;
        try
        {
            foreach (var added in await store.AddAsync(account, [.. drafts.Select(one => one.Draft)], cancel))
                if (added.IsNew) import.Added++;
                else import.Same++;
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.TooManyContacts && drafts.Count > 1)
        {
            // As many as there is room for.
            foreach (var one in drafts.ToList()) await KeepAsync(account, [one], import, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.TooManyContacts)
        {
            import.Refuse(drafts[0].Number, drafts[0].Draft.Name, VCardProblem.Full);
        }
        drafts.Clear();
    }

    private static string NameOf(VCardText read) => ContactCard.Short(read.Properties.Where(one => one.Name is "FN").Select(one => ContactCard.Line(one.Text)).FirstOrDefault() ?? "", 100);

    private static JsonObject? Parse(ReadOnlyMemory<byte> card) => JsonNode.Parse(card.Span) as JsonObject;
}

/// <summary>What became of the cards of a file.</summary>
public sealed class ContactImport
{
    private const int MaxRefusals = 50;

    private readonly List<(int Number, string Name, VCardProblem Why)> refusals = [];

    public int Added { get; internal set; }

    /// <summary>That were there already, by their uid or by all that they say; they stay as they are.</summary>
    public int Same { get; internal set; }

    public int Refused { get; private set; }

    /// <summary>Cards of which a photo, a sound or a key was left out.</summary>
    public int Photos { get; internal set; }

    /// <summary>The first of those refused: the number in the file, the name where there is one, and why.</summary>
    public IReadOnlyList<(int Number, string Name, VCardProblem Why)> Refusals => refusals;

    internal void Refuse(int number, string name, VCardProblem why)
    {
        Refused++;
        if (refusals.Count < MaxRefusals) refusals.Add((number, name, why));
    }
}
