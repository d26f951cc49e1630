using System.Buffers;
using System.Text.Json;
using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>
/// ContactCard/set (RFC 9610 §3.5). A card is kept as it is sent, also what of it nothing here knows; what it needs and was not sent is added and told. Photos by blobId
/// are refused: cards are text.
/// </summary>
internal sealed class ContactCardSet() : JmapSetMethod("ContactCard/set", JmapCapabilities.Contacts)
{
    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Cards(call, account));

    private const int MaxTries = 5;

    private sealed class Cards(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        private readonly ContactStore contacts = call.Services.Store.Contacts;

        private string Now => ContactJson.Time(call.Services.Time.GetUtcNow());

        public override async ValueTask<string> StateAsync(CancellationToken cancel) => NumberedState.Of(await contacts.StateAsync(account.Id, cancel));

        public override async ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            var reader = new JmapObjectReader(value);
            if (reader.Has("id")) reader.Invalid("id", "id is given by the server");
            Check(reader, isNew: true);
            var added = new (string Name, string Value)[] { ("@type", "Card"), ("version", ContactCard.Version), ("uid", ContactJson.NewUid()), ("created", Now), ("updated", Now) }.Where(one => !reader.Has(one.Name)).ToList();
            var made = (await DoAsync(() => contacts.AddAsync(account.Id, [ContactCard.ToDraft(Json(value, added))], cancel)))[0];
            if (!made.IsNew)
                throw new JmapSetException(new JmapSetError("alreadyExists", "a card has this uid") { More = writer => writer.WriteString("existingId"u8, ContactCardType.IdOf(made.Id)) });
            return new JmapCreated(ContactCardType.IdOf(made.Id), writer =>
            {
                foreach (var (name, text) in added) writer.WriteString(name, text);
            });
        }

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            for (var tries = 0; ; tries++)
                try
                {
                    return await PatchAsync(id, patch, cancel);
                }
                catch (StoreRefusedException e) when (e.Reason == StoreRefusal.StateMismatch && tries < MaxTries)
                {
                    // Somebody changed the card between the look and the write: the patch is of the card as it is now.
                }
        }

        private async ValueTask<Action<Utf8JsonWriter>?> PatchAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            var record = await FindAsync(id, cancel);
            using var current = JsonDocument.Parse(Whole(record));
            using var wanted = patch.ApplyTo(current.RootElement);
            var reader = new JmapObjectReader(wanted.RootElement);
            foreach (var property in patch.Changed(current.RootElement, "id", "uid")) reader.Invalid(property, $"{property} stays as it is");
            Check(reader, isNew: false);
            var isTimed = patch.Entries.Any(entry => entry.Property == "updated");
            var now = Now;
            var json = Json(wanted.RootElement, [("updated", now)], isTimed ? null : "updated");
            if (!await DoAsync(() => contacts.ReplaceAsync(account.Id, record.Id, record.Changed, ContactCard.ToDraft(json), cancel))) throw new JmapSetException(JmapSetError.NotFound);
            return isTimed ? null : writer => writer.WriteString("updated"u8, now);
        }

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            if (await contacts.RemoveAsync(account.Id, [(await FindAsync(id, cancel)).Id], cancel) == 0) throw new JmapSetException(JmapSetError.NotFound);
        }

        private async ValueTask<ContactRecord> FindAsync(string id, CancellationToken cancel) =>
            ContactCardType.TryRead(id, out var contact) && await contacts.FindAsync(account.Id, contact, cancel) is { } record ? record : throw new JmapSetException(JmapSetError.NotFound);

        private static void Check(JmapObjectReader reader, bool isNew)
        {
            // A card is in an address book at all times (RFC 9610 §3), and there is one.
            if (reader.Set("addressBookIds") is { } books ? books is not [AddressBookType.Id] : reader.IsValid) reader.Invalid("addressBookIds", $"addressBookIds is {{\"{AddressBookType.Id}\": true}}");
            foreach (var (property, why) in ContactCard.Problems(reader.Value)) reader.Invalid(property, why);
            if (!isNew && !reader.Has("uid")) reader.Invalid("uid", "uid stays as it is");
            reader.Check();
        }

        private static byte[] Whole(ContactRecord record)
        {
            var buffer = new ArrayBufferWriter<byte>(record.Card.Length + 64);
            using (var writer = new Utf8JsonWriter(buffer, JmapJson.Writing)) ContactCardView.Write(writer, record, null);
            return buffer.WrittenSpan.ToArray();
        }

        // The card without what is of JMAP, with what it has not got.
        private static byte[] Json(JsonElement card, IReadOnlyList<(string Name, string Value)> added, string? replaced = null)
        {
            var buffer = new ArrayBufferWriter<byte>(1024);
            using (var writer = new Utf8JsonWriter(buffer, JmapJson.Writing))
            {
                writer.WriteStartObject();
                foreach (var property in card.EnumerateObject())
                    if (!ContactCardView.Own.Contains(property.Name) && property.Name != replaced && property.Value.ValueKind != JsonValueKind.Null) property.WriteTo(writer);
                foreach (var (name, value) in added)
                    if (name == replaced || !card.TryGetProperty(name, out var sent) || sent.ValueKind == JsonValueKind.Null) writer.WriteString(name, value);
                writer.WriteEndObject();
            }
            return buffer.WrittenSpan.ToArray();
        }

        private static async ValueTask<T> DoAsync<T>(Func<ValueTask<T>> change)
        {
            try
            {
                return await change();
            }
            catch (StoreRefusedException e) when (e.Reason != StoreRefusal.StateMismatch)
            {
                throw new JmapSetException(e.Reason switch
                {
                    StoreRefusal.ContactTooLarge => new JmapSetError("tooLarge", e.Message),
                    StoreRefusal.TooManyContacts => new JmapSetError("overQuota", e.Message),
                    StoreRefusal.AlreadyExists => new JmapSetError("alreadyExists", e.Message),
                    _ => new JmapSetError("forbidden", e.Message),
                });
            }
        }
    }
}
