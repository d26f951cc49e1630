using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Accounts;

/// <summary>Address books for an export: the cards as they are kept, so that nothing of them is lost, some of an account in one item.</summary>
internal sealed class ContactExport(MailStore store)
{
    /// <summary>Octets of cards of one item, which is read whole (<see cref="DirectoryTreeReader.MaxItem"/>).</summary>
    private const int MaxOctets = 512 * 1024;

    private const int Page = 100;

    /// <summary>Cards stand on a line each, below their item.</summary>
    private static readonly byte[] begin = [(byte)'\n', .. Enumerable.Repeat((byte)' ', 8)];

    public async ValueTask<bool> HasAnyAsync(IAsyncEnumerable<AccountRecord> accounts, CancellationToken cancel)
    {
        await foreach (var account in accounts.WithCancellation(cancel))
            if (await store.Contacts.CountAsync(account.Id, cancel) > 0) return true;
        return false;
    }

    /// <summary>Writes the list "contacts".</summary>
    public async ValueTask WriteAsync(Utf8JsonWriter json, IAsyncEnumerable<AccountRecord> accounts, CancellationToken cancel)
    {
        json.WriteStartArray("contacts");
        await foreach (var account in accounts.WithCancellation(cancel))
        {
            var octets = -1;
            var after = default(ContactId);
            while (await store.Contacts.ListAsync(account.Id, after, Page, cancel) is { Count: > 0 } records)
            {
                foreach (var record in records)
                {
                    if (octets > MaxOctets) End(json);
                    if (octets is < 0 or > MaxOctets)
                    {
                        Begin(json, account);
                        octets = 0;
                    }
                    // As it is: indented, a card that is deep would be many times as long.
                    json.WriteRawValue([.. begin, .. record.Card.Span], skipInputValidation: true);
                    octets += record.Card.Length;
                    if (json.BytesPending > 64 * 1024) await json.FlushAsync(cancel);
                }
                after = records[^1].Id;
            }
            if (octets >= 0) End(json);
        }
        json.WriteEndArray();
    }

    private static void Begin(Utf8JsonWriter json, AccountRecord account)
    {
        json.WriteStartObject();
        json.WriteString("account", account.Address);
        json.WriteStartArray("cards");
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
