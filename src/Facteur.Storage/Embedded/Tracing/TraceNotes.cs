using Facteur.Storage.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Tracing;

/// <summary>
/// What programs read and deleted, gathered for a second and then written. What was noted lately is remembered by hash: a client
/// that fetches a message again costs a lookup. When more comes than is written, the rest is not noted: the trace gives way to the mail.
/// </summary>
internal sealed partial class TraceNotes : IAsyncDisposable
{
    /// <summary>Messages that wait to be written.</summary>
    private const int MaxWaiting = 20_000;

    /// <summary>Notes remembered, at least; at most twice as many.</summary>
    private const int MaxRemembered = 100_000;

    /// <summary>Messages written in one commit.</summary>
    private const int Step = 500;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly EmbeddedStore store;
    private readonly EmbeddedTrace trace;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim noted = new(0);
    private readonly SemaphoreSlim flushing = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private HashSet<ulong> recent = [];
    private HashSet<ulong> before = [];
    private List<Noted> waiting = [];

    public TraceNotes(EmbeddedStore store, EmbeddedTrace trace, TimeProvider time, ILogger logger)
    {
        (this.store, this.trace, this.time, this.logger) = (store, trace, time, logger);
        loop = Task.Run(LoopAsync);
    }

    public void Add(TraceKind kind, AccountId account, MailboxId mailbox, IReadOnlyList<EmailId> emails, string protocol, string program, string remote)
    {
        var by = TraceKeys.Text((char)kind, program) ^ TraceKeys.Text('p', protocol);
        var at = time.GetUtcNow();
        lock (gate)
        {
            var wasEmpty = waiting.Count == 0;
            for (var i = 0; i < emails.Count && waiting.Count < MaxWaiting; i++)
                if (Remember(TraceKeys.Number('n', emails[i].Value ^ (long)by)))
                    waiting.Add(new Noted(at, kind, account, mailbox, emails[i], protocol, program, remote));
            if (wasEmpty && waiting.Count > 0) noted.Release();
        }
    }

    /// <summary>Writes what waits.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        lock (gate)
            if (waiting.Count == 0 && flushing.CurrentCount > 0) return;
        await flushing.WaitAsync(cancel);
        try
        {
            List<Noted> taken;
            lock (gate) (taken, waiting) = (waiting, []);
            for (var at = 0; at < taken.Count; at += Step)
                await trace.AppendAsync(Describe(taken.GetRange(at, Math.Min(Step, taken.Count - at))), cancel);
        }
        finally
        {
            flushing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        await GuardAsync(() => FlushAsync(default));
        stop.Dispose();
        noted.Dispose();
        flushing.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await GuardAsync(async () =>
            {
                await noted.WaitAsync(stop.Token);
                await Task.Delay(Delay, time, stop.Token);
                await FlushAsync(stop.Token);
            });
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What waits is written by the last flush.
        }
        catch (Exception e)
        {
            LogNotesLost(e);
        }
    }

    private bool Remember(ulong key)
    {
        if (recent.Contains(key)) return false;
        if (recent.Count >= MaxRemembered) (before, recent) = (recent, new HashSet<ulong>(MaxRemembered));
        recent.Add(key);
        return !before.Contains(key);
    }

    /// <summary>The notes with what a reader looks for: the message's id and the account's address.</summary>
    private List<TraceEvent> Describe(List<Noted> notes) => store.Read(database =>
    {
        var events = new List<TraceEvent>(notes.Count);
        foreach (var note in notes)
        {
            var id = Text(database.Get("SELECT f.message_id FROM email e JOIN facts f ON f.blob = e.blob WHERE e.id = ?1").Bind(1, note.Email.Value));
            var address = Text(database.Get("SELECT address FROM account WHERE id = ?1").Bind(1, note.Account.Value));
            var mailbox = Text(database.Get("SELECT name FROM mailbox WHERE id = ?1").Bind(1, note.Mailbox.Value));
            events.Add(new TraceEvent(note.At, note.Kind, note.Account, "", id.TrimStart('<').TrimEnd('>'), "", address,
                [new("protocol", note.Protocol), new("program", note.Program), new("remote", note.Remote), new("mailbox", mailbox)]) { Email = note.Email });
        }
        return events;
    });

    private static string Text(SqliteStatement row)
    {
        var text = row.Step() ? row.TextOrNull(0) ?? "" : "";
        row.Reset();
        return text;
    }

    [LoggerMessage(LogLevel.Warning, "What programs read and deleted could not be written to the trace")]
    private partial void LogNotesLost(Exception error);

    private readonly record struct Noted(
        DateTimeOffset At, TraceKind Kind, AccountId Account, MailboxId Mailbox, EmailId Email, string Protocol, string Program, string Remote);
}
