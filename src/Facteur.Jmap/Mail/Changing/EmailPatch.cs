using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Reads a PatchObject for an Email (RFC 8621 §4.6): its keywords and mailboxes, wholly or one by one; all else of it is immutable.</summary>
internal sealed class EmailPatch
{
    private readonly EmailKeywords add = new(), remove = new();
    private readonly List<MailboxId> addTo = [], removeFrom = [];
    private readonly List<string> invalid = [];
    private readonly JmapRequest request;
    private readonly AccountSnapshot snapshot;
    private EmailKeywords? replace;
    private List<MailboxId>? replaceMailboxes;
    private EmailSnooze? snooze;
    private bool endsSnooze;

    private EmailPatch(JmapRequest request, AccountSnapshot snapshot) => (this.request, this.snapshot) = (request, snapshot);

    /// <summary>The update a patch asks for; <see cref="JmapSetException"/> names all that is wrong.</summary>
    public static EmailUpdate Read(JmapPatch patch, EmailId email, JmapRequest request, AccountSnapshot snapshot)
    {
        if (!snapshot.TryFind(email, out var row)) throw new JmapSetException(JmapSetError.NotFound);
        var read = new EmailPatch(request, snapshot);
        foreach (var entry in patch.Entries) read.Read(entry, row);
        if (read.add.Overlaps(read.remove)) read.invalid.Add("keywords");
        // Where it is meanwhile is what putting off decides.
        if (read.snooze is not null && (read.replaceMailboxes is not null || read.addTo.Count + read.removeFrom.Count > 0)) read.invalid.Add("mailboxIds");
        if (read.invalid.Count > 0) throw new JmapSetException(new JmapSetError("invalidProperties", "", read.invalid));
        if (read.add.Count > EmailKeywords.Max || read.replace?.Count > EmailKeywords.Max) throw new JmapSetException(new JmapSetError("tooManyKeywords"));
        return new EmailUpdate(email)
        {
            Add = read.add.ToFlags(), Remove = read.remove.ToFlags(), Replace = read.replace?.ToFlags(),
            AddTo = read.addTo, RemoveFrom = read.removeFrom, ReplaceMailboxes = read.replaceMailboxes,
            Snooze = read.snooze, EndSnooze = read.endsSnooze,
        };
    }

    private void Read(JmapPatchEntry entry, in EmailRow row)
    {
        var isValid = entry.Property switch
        {
            "keywords" => entry.Path.Count == 1 ? ReplaceKeywords(entry.Value) : ChangeKeyword(entry),
            "mailboxIds" => entry.Path.Count == 1 ? ReplaceMailboxes(entry.Value) : ChangeMailbox(entry),
            "snoozedUntil" when request.Uses(JmapCapabilities.FacteurSnooze) => entry.Path.Count == 1 && Snooze(entry.Value),
            _ => entry.Path.Count == 1 && IsSame(entry.Property, entry.Value, row),
        };
        if (!isValid) invalid.Add(string.Join('/', entry.Path));
    }

    // null is the default: no keywords.
    private bool ReplaceKeywords(JsonElement value)
    {
        replace = new EmailKeywords();
        if (value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var keyword in value.EnumerateObject())
            if (keyword.Value.ValueKind != JsonValueKind.True || !replace.TryAdd(keyword.Name)) return false;
        return true;
    }

    private bool ChangeKeyword(JmapPatchEntry entry)
    {
        if (entry.Path.Count > 2) throw JmapPatch.Invalid("a keyword has nothing in it");
        return entry.Value.ValueKind switch
        {
            JsonValueKind.True => add.TryAdd(entry.Path[1]),
            JsonValueKind.Null => remove.TryAdd(entry.Path[1]),
            _ => false,
        };
    }

    private bool ReplaceMailboxes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return false;
        replaceMailboxes = [];
        foreach (var member in value.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.True || !AddMailbox(member.Name, replaceMailboxes)) return false;
        return replaceMailboxes.Count > 0;
    }

    private bool ChangeMailbox(JmapPatchEntry entry)
    {
        if (entry.Path.Count > 2) throw JmapPatch.Invalid("a mailbox id has nothing in it");
        switch (entry.Value.ValueKind)
        {
            case JsonValueKind.True:
                return AddMailbox(entry.Path[1], addTo);
            case JsonValueKind.Null:
                // Out of a mailbox that is not there it is already.
                if (JmapIds.TryRead(request.ResolveId(entry.Path[1]), out MailboxId mailbox)) removeFrom.Add(mailbox);
                return true;
            default:
                return false;
        }
    }

    // A time that has passed is a slip, or a clock that is wrong: it would be back before anyone saw it go.
    private bool Snooze(JsonElement value)
    {
        endsSnooze = value.ValueKind == JsonValueKind.Null;
        if (endsSnooze) return true;
        if (!DraftDates.TryRead(value, out var until)) return false;
        var now = request.Services.Time.GetUtcNow();
        if (until <= now || until - now > request.Services.Limits.MaxSnooze) return false;
        snooze = new EmailSnooze(until.ToUniversalTime());
        return true;
    }

    private bool AddMailbox(string id, List<MailboxId> mailboxes)
    {
        if (MailboxPlaces.Find(id, request, snapshot) is not { } mailbox) return false;
        if (!mailboxes.Contains(mailbox)) mailboxes.Add(mailbox);
        return true;
    }

    // RFC 8620 §5.3: what cannot be changed may be sent as it is.
    private static bool IsSame(string property, JsonElement value, in EmailRow row) => property switch
    {
        "id" => IsText(value, JmapIds.Of(row.Id)),
        "blobId" => IsText(value, JmapBlobId.Of(row.Id).ToString()),
        "threadId" => IsText(value, JmapIds.Of(row.Thread)),
        "size" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var size) && size == row.Size,
        "hasAttachment" => value.ValueKind == (row.HasAttachment ? JsonValueKind.True : JsonValueKind.False),
        "receivedAt" => DraftDates.TryRead(value, out var date) && date.ToUnixTimeSeconds() == row.ReceivedAt / 1000,
        _ => false,
    };

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
