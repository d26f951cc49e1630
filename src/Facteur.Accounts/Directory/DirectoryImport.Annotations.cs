using System.Text;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Accounts;

// Annotations of accounts and of their mailboxes. A mailbox that is not there yet is made, so that its annotations are there before its mail is.
public sealed partial class DirectoryImport
{
    private async ValueTask<(bool, List<Step>)> AnnotationsAsync(TreeAnnotations wanted, CancellationToken cancel)
    {
        var (address, person) = (Parse(wanted.Account).ToString(), wanted.Person is null ? null : Parse(wanted.Person).ToString());
        var (owner, other) = (await directory.FindAccountAsync(address, cancel), person is null ? null : await directory.FindAccountAsync(person, cancel));
        KindOf(address, owner);
        if (person is not null) KindOf(person, other);
        string? name = null;
        if (wanted.Mailbox is not null && !MailboxName.TryNormalize(wanted.Mailbox, out name!)) throw new AccountRuleException($"\"{wanted.Mailbox}\" is no name of a folder.");
        var values = wanted.Entries.ToDictionary(entry => Name(entry.Key), entry => Value(entry.Key, entry.Value), StringComparer.Ordinal);

        var place = owner is null ? null : await PlaceAsync(owner.Id, name, cancel);
        var there = place is null ? [] : await StoredAsync(place.Value, person is null ? owner!.Id : other?.Id, values.Keys, cancel);
        var changes = values.Where(value => !there.TryGetValue(value.Key, out var stored) || !stored.AsSpan().SequenceEqual(value.Value)).OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => new AnnotationChange(value.Key, value.Value)).ToList();
        if (changes.Count == 0) return (false, []);
        return (there.Count == 0, [Do(string.Join(", ", changes.Select(change => change.Name)), async stop =>
        {
            var account = (await directory.FindAccountAsync(address, stop))!.Id;
            var target = await PlaceAsync(account, name, stop) ?? new AnnotationPlace(account, (await store.CreateMailboxAsync(account, name!, MailboxRole.None, stop)).Id);
            await store.Annotations.WriteAsync(new AnnotationWrite(target, person is null ? account : (await directory.FindAccountAsync(person, stop))!.Id, changes), stop);
        })]);
    }

    /// <summary>Null when there is no such mailbox.</summary>
    private async ValueTask<AnnotationPlace?> PlaceAsync(AccountId account, string? mailbox, CancellationToken cancel)
    {
        if (mailbox is null) return new AnnotationPlace(account, null);
        return await store.FindMailboxAsync(account, mailbox, cancel) is { } found ? new AnnotationPlace(account, found.Id) : null;
    }

    private async ValueTask<Dictionary<string, byte[]>> StoredAsync(AnnotationPlace place, AccountId? person, IReadOnlyCollection<string> names, CancellationToken cancel)
    {
        // Who comes with this file has nothing private yet; what is shared everybody sees.
        var found = await store.Annotations.ReadAsync(place, person ?? place.Account, new AnnotationQuery([.. names]), cancel);
        return found.Where(one => person is not null || !AnnotationName.IsPrivate(one.Name)).ToDictionary(one => one.Name, one => one.Value!.Value.ToArray(), StringComparer.Ordinal);
    }

    private static string Name(string text)
    {
        var name = text.ToLowerInvariant();
        return AnnotationName.IsName(name) ? name : throw new AccountRuleException($"\"{text}\" is no name of an annotation, such as /shared/comment.");
    }

    private static byte[] Value(string name, TreeValue? value)
    {
        if (value is not ({ Text: not null, Base64: null } or { Text: null, Base64: not null })) throw new AccountRuleException($"The value of {name} has \"text\" or \"base64\".");
        var octets = value.Text is { } text ? Encoding.UTF8.GetBytes(text) : FromBase64(name, value.Base64!);
        return octets.Length <= AnnotationStore.MaxValueOctets ? octets : throw new AccountRuleException($"The value of {name} has more than {AnnotationStore.MaxValueOctets} octets.");
    }

    private static byte[] FromBase64(string name, string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new AccountRuleException($"The value of {name} is not base64.");
        }
    }
}
