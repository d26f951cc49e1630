using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>The cards of an account (RFC 9610 §3); their ids are "k" and the store's number.</summary>
internal sealed class ContactCardType() : NumberedType("ContactCard", JmapCapabilities.Contacts)
{
    public static readonly ContactCardType Instance = new();

    public static string IdOf(ContactId id) => JmapIds.Write('k', id.Value);

    public static bool TryRead(string? text, out ContactId id) => JmapIds.Try(text, 'k', out var value) & (id = new ContactId(value)) != default;

    public override async ValueTask<NumberedDelta?> SinceAsync(JmapCall call, JmapAccount account, ModSeq since, CancellationToken cancel) =>
        await call.Services.Store.Contacts.ChangesSinceAsync(account.Id, since, cancel) is { } found
            ? new(found.Changed.Select(one => new NumberedChange(IdOf(one.Id), one.Created, one.Changed)), found.Removed.Select(one => (IdOf(one.Id), one.At)), found.State)
            : null;

    public override async ValueTask<IReadOnlyList<string>> AnswerAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        await ContactQuestion.AnswerAsync(call, account, cancel);
}
