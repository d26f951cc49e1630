using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Adds messages to an account, many with one commit: while some are made durable, the next are read. Each is added or refused for itself (RFC 8620 §5.4,
/// RFC 8621 §4.8): what is refused together is tried one by one.
/// </summary>
/// <param name="ifState">The account is at this state when the first of them are made durable, or none is: stateMismatch. Null: at any.</param>
internal sealed class EmailAdding(JmapCall call, JmapAccount account, AccountSnapshot snapshot, ModSeq? ifState = null) : IAsyncDisposable
{
    private const int MaxTogether = 64;
    private const long MaxOctetsTogether = 8 * 1024 * 1024;

    private readonly Dictionary<string, (StoredEntry Entry, long Size)> created = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JmapSetError> notCreated = new(StringComparer.Ordinal);
    private readonly StateSpan states = new(snapshot.ModSeq);
    private List<Waiting> gathered = [];
    private List<Waiting> underWay = [];
    private Task commit = Task.CompletedTask;

    private sealed record Waiting(string CreationId, MessageIntake Message, DeliveryTarget[] Targets);

    /// <summary>Creation ids of what was added so far.</summary>
    public IEnumerable<string> Created => created.Keys;

    public bool HasCreated => created.Count > 0;

    public void Refuse(string creationId, JmapSetError error) => notCreated[creationId] = error;

    /// <summary>Takes a message that is whole.</summary>
    public async ValueTask AddAsync(string creationId, MessageIntake message, DeliveryTarget[] targets, CancellationToken cancel)
    {
        gathered.Add(new Waiting(creationId, message, targets));
        if (gathered.Count < MaxTogether && gathered.Sum(one => one.Message.Length) < MaxOctetsTogether) return;
        await CommitAsync(cancel);
    }

    /// <summary>Waits until all is durable or refused.</summary>
    public async ValueTask FinishAsync(CancellationToken cancel)
    {
        await CommitAsync(cancel);
        await commit;
    }

    /// <summary>Writes what became of them, as members of the response.</summary>
    public async ValueTask WriteAsync(Utf8JsonWriter writer, CancellationToken cancel)
    {
        writer.WriteString("oldState"u8, states.Old);
        writer.WriteString("newState"u8, states.New);
        if (created.Count == 0)
        {
            writer.WriteNull("created"u8);
        }
        else
        {
            var now = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
            writer.WriteStartObject("created"u8);
            foreach (var (creationId, (entry, size)) in created)
            {
                writer.WriteStartObject(creationId);
                writer.WriteString("id"u8, JmapIds.Of(entry.Email));
                writer.WriteString("blobId"u8, JmapBlobId.Of(entry.Email).ToString());
                // Null when somebody else destroyed it at once.
                writer.WriteString("threadId"u8, now.TryFind(entry.Email, out var row) ? JmapIds.Of(row.Thread) : null);
                writer.WriteNumber("size"u8, size);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        JmapSetErrors.Write(writer, "notCreated", notCreated);
    }

    public async ValueTask DisposeAsync()
    {
        await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var one in gathered.Concat(underWay)) await one.Message.DisposeAsync();
    }

    private async ValueTask CommitAsync(CancellationToken cancel)
    {
        await commit;
        foreach (var one in underWay) await one.Message.DisposeAsync();
        (underWay, gathered) = (gathered, []);
        commit = underWay.Count == 0 ? Task.CompletedTask : DeliverAsync(underWay, cancel);
    }

    private async Task DeliverAsync(List<Waiting> together, CancellationToken cancel)
    {
        try
        {
            // Asked of the first commit: what comes after it comes after changes of this call.
            var wanted = HasCreated ? null : ifState;
            var receipt = await call.Services.Store.DeliverAsync([.. together.Select(one => new Facteur.Storage.Delivery(one.Message, one.Targets) { IfState = wanted, Person = call.Request.User.Person })], cancel);
            Note(together, receipt);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.StateMismatch)
        {
            throw new JmapMethodException("stateMismatch");
        }
        catch (Exception e) when (e is StoreRefusedException or StoreFullException)
        {
            if (together.Count == 1) notCreated[together[0].CreationId] = ErrorOf(e);
            else
                foreach (var one in together) await DeliverAsync([one], cancel);
        }
    }

    // One entry for each target, in their order; all at one MODSEQ.
    private void Note(List<Waiting> together, DeliveryReceipt receipt)
    {
        var at = 0;
        foreach (var one in together)
        {
            var entry = receipt.Entries[at];
            at += one.Targets.Length;
            created[one.CreationId] = (entry, one.Message.Length);
            call.Request.Created(one.CreationId, JmapIds.Of(entry.Email));
        }
        var modSeq = receipt.Entries[0].ModSeq;
        states.Add(new ModSeq(modSeq.Value - 1), modSeq);
    }

    private static JmapSetError ErrorOf(Exception e) => e switch
    {
        StoreFullException => new JmapSetError("overQuota", "the server has no room"),
        StoreRefusedException { Reason: StoreRefusal.NoSuchMailbox } => JmapSetError.Invalid("mailboxIds", "a mailbox is gone"),
        _ => JmapSetError.TryOf(e, out var error) ? error : new JmapSetError("forbidden", e.Message),
    };
}
