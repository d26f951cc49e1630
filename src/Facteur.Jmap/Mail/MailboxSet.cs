using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailbox/set (RFC 8621 §2.5): creates, renames, moves and destroys mailboxes, and changes their role, place, subscription and colour.</summary>
internal sealed class MailboxSet() : JmapMethod("Mailbox/set", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        var arguments = JmapSetArguments.Read(call, "onDestroyRemoveEmails");
        var removeEmails = JmapArguments.Bool(call.Arguments, "onDestroyRemoveEmails") ?? false;
        var emails = call.Services.Store.Emails;
        var snapshot = await emails.LookAsync(account.Id, cancel);
        if (arguments.IfInState is { } wanted && wanted != new JmapState(snapshot.ModSeq).ToString()) throw new JmapMethodException("stateMismatch");
        var answer = new JmapSetAnswer();
        var subscriptions = await Subscriptions.ReadAsync(call, account, cancel);
        var work = new MailboxWork(call, account, snapshot, subscriptions, removeEmails, answer);
        try
        {
            await work.RunAsync(ReadTasks(call, arguments, answer, new MailboxHierarchy(snapshot), id => MailboxJson.Read(account, snapshot, subscriptions, id)), cancel);
        }
        catch (Exception e) when (answer.HasChanges && e is not (OperationCanceledException or JmapMethodException))
        {
            throw new JmapPartialFailException(e);
        }
        var (oldState, newState) = await StatesAsync(emails, snapshot, work.Touched, cancel);
        answer.Write(call.Answer, JmapIds.Of(account.Id), oldState, newState);
    }

    /// <param name="now">A mailbox as it is, by its id.</param>
    private static List<MailboxTask> ReadTasks(JmapCall call, JmapSetArguments arguments, JmapSetAnswer answer, MailboxHierarchy tree, Func<string, JsonElement?> now)
    {
        var tasks = new List<MailboxTask>();
        foreach (var (creationId, value) in arguments.CreateInOrder())
            Try(() => new MailboxTask(MailboxTaskKind.Create, creationId, WantedMailbox.Read(new JmapObjectReader(value), isNew: true), value), error => answer.NotCreated(creationId, error));
        var doomed = arguments.Destroy.Select(id => call.Request.ResolveId(id) ?? id).ToHashSet(StringComparer.Ordinal);
        foreach (var (sent, patch) in arguments.Update)
        {
            var id = call.Request.ResolveId(sent) ?? sent;
            Try(() => doomed.Contains(id) ? throw new JmapSetException(new JmapSetError("willDestroy")) : ReadUpdate(now, sent, id, patch), error => answer.NotUpdated(id, error));
        }
        // The deepest first, so that few have to wait for their children.
        tasks.AddRange(doomed.OrderByDescending(id => JmapIds.TryRead(id, out MailboxId mailbox) ? tree.Depth(mailbox) : 0).Select(static id => new MailboxTask(MailboxTaskKind.Destroy, id, null, default)));
        return tasks;

        void Try(Func<MailboxTask> read, Action<JmapSetError> refuse)
        {
            try
            {
                tasks.Add(read());
            }
            catch (JmapSetException e)
            {
                refuse(e.Error);
            }
        }
    }

    // What the same call creates is not there yet.
    private static MailboxTask ReadUpdate(Func<string, JsonElement?> now, string sent, string id, JsonElement value)
    {
        var patch = JmapPatch.Read(value);
        return new MailboxTask(MailboxTaskKind.Update, sent, id.StartsWith('#') ? null : WantedMailbox.Read(patch, now(id)), value);
    }

    /// <summary>The old state is null when others changed something meanwhile: then the client has to ask for it (RFC 8620 §5.3).</summary>
    private static async ValueTask<(string? Old, string New)> StatesAsync(EmailStore emails, AccountSnapshot before, HashSet<MailboxId> touched, CancellationToken cancel)
    {
        var changes = await emails.ChangesSinceAsync(before.Account, before.ModSeq, cancel);
        var newState = changes is null ? before.ModSeq : changes.Snapshot.ModSeq;
        var isOurs = changes is not null && changes.Mailboxes.All(change => touched.Contains(change.Mailbox));
        return (isOurs ? new JmapState(before.ModSeq).ToString() : null, new JmapState(newState).ToString());
    }
}
