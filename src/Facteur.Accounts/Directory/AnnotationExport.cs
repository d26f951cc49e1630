using System.Runtime.CompilerServices;
using System.Text;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Accounts;

/// <summary>Annotations of accounts and their mailboxes for an export, place by place: what is shared, and what is private of each person.</summary>
internal sealed class AnnotationExport(MailStore store)
{
    /// <summary>Octets of values of one item, so that it stays under <see cref="DirectoryTreeReader.MaxItem"/> however it is escaped.</summary>
    private const int MaxOctets = 512 * 1024;

    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async IAsyncEnumerable<TreeAnnotations> ListAsync(IAsyncEnumerable<AccountRecord> accounts, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var account in accounts.WithCancellation(cancel))
        {
            if (await store.Annotations.ListPlacesAsync(account.Id, cancel) is not { Count: > 0 } places) continue;
            var names = (await store.ListMailboxesAsync(account.Id, cancel)).ToDictionary(mailbox => mailbox.Id, mailbox => mailbox.Name);
            foreach (var (mailbox, person) in places)
            {
                string? name = null, owner = null;
                if (mailbox is { } id && !names.TryGetValue(id, out name)) continue; // it went meanwhile
                if (person is { } other && other != account.Id && (owner = (await store.Directory.GetAccountAsync(other, cancel))?.Address) is null) continue;
                var query = new AnnotationQuery([person is null ? "/shared" : "/private"], AnnotationDepth.All);
                foreach (var entries in Parts(await store.Annotations.ReadAsync(new AnnotationPlace(account.Id, mailbox), person ?? account.Id, query, cancel)))
                    yield return new TreeAnnotations(account.Address, entries, name, owner);
            }
        }
    }

    private static IEnumerable<Dictionary<string, TreeValue>> Parts(IReadOnlyList<Annotation> found)
    {
        var (part, octets) = (new Dictionary<string, TreeValue>(StringComparer.Ordinal), 0);
        foreach (var one in found)
        {
            if (part.Count > 0 && octets + one.Octets > MaxOctets)
            {
                yield return part;
                (part, octets) = (new(StringComparer.Ordinal), 0);
            }
            part[one.Name] = Value(one.Value!.Value);
            octets += one.Octets;
        }
        if (part.Count > 0) yield return part;
    }

    private static TreeValue Value(ReadOnlyMemory<byte> octets)
    {
        try
        {
            var text = strict.GetString(octets.Span);
            if (!text.AsSpan().ContainsAnyInRange('\0', '\u0008')) return new TreeValue(text);
        }
        catch (DecoderFallbackException)
        {
            // RFC 5464 §4.1 lets values be any octets.
        }
        return new TreeValue(Base64: Convert.ToBase64String(octets.Span));
    }
}
