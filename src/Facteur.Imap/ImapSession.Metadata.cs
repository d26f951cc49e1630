using Facteur.Imap.Commands;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Imap;

/// <summary>What a session tells at the end of a command and while it idles.</summary>
internal sealed partial class ImapSession
{
    private static readonly string[] scopes = ["/private", "/shared"];

    private MetadataListener? metadata;

    /// <summary>The person that logged in: of a shared account, which of its members.</summary>
    public AccountId Person => Account.Member ?? Account.Id;

    /// <summary>Tells what happened since the client was told last: of the selected mailbox, and of annotations.</summary>
    public async ValueTask SyncAsync(bool allowExpunge, CancellationToken cancel)
    {
        if (Selected is { } selected) await selected.SyncAsync(this, allowExpunge, cancel);
        if (metadata is not null) await TellMetadataAsync(metadata, cancel);
    }

    /// <summary>From now on the client is told of annotations that others change (RFC 5464 §4.4.2).</summary>
    public void WatchMetadata() => metadata ??= host.Metadata.Listen(Account.Id, Person, this, Connection.Wake);

    private async ValueTask TellMetadataAsync(MetadataListener listener, CancellationToken cancel)
    {
        var changed = listener.Take(out var isTooMuch);
        if (changed.Count == 0) return;
        IReadOnlyList<Mailbox> mailboxes = isTooMuch || changed.Keys.Any(place => place.Mailbox is not null) ? await Store.ListMailboxesAsync(Account.Id, cancel) : [];
        foreach (var place in mailboxes.Select(MetadataPlace.Of).Prepend(new MetadataPlace(new AnnotationPlace(Account.Id, null), null)))
        {
            IReadOnlyCollection<string>? names = isTooMuch ? await NamesAsync(place, cancel) : changed.GetValueOrDefault(place.Place);
            if (names is { Count: > 0 }) MetadataLine.WriteNames(Writer, place, names);
            await Writer.FlushIfFullAsync();
        }
    }

    private async ValueTask<List<string>> NamesAsync(MetadataPlace place, CancellationToken cancel)
    {
        var found = await Store.Annotations.ReadAsync(place.Place, Person, new AnnotationQuery(scopes, AnnotationDepth.All, MaxOctets: -1), cancel);
        return [.. found.Select(one => one.Name)];
    }
}
