using Facteur.Mail;
using Facteur.Storage.Annotations;
using Facteur.Storage.Contacts;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Annotations;
using Facteur.Storage.Embedded.Crashes;
using Facteur.Storage.Embedded.Contacts;
using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Embedded.MailboxEvents;
using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Queue;
using Facteur.Storage.Embedded.Reading;
using Facteur.Storage.Embedded.Search;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Embedded.Uploads;
using Facteur.Storage.Embedded.Views;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.MailboxEvents;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded;

/// <summary>
/// The store in one folder: a SQLite file for what is known of messages, pack segments for longer bodies, one writer that commits in groups.
/// Order of a write: octets to their place, flush, commit, views, answer, announcements. Readers never wait for the writer.
/// </summary>
public sealed partial class EmbeddedStore : MailStore
{
    private const string DatabaseName = "facteur.db";
    private const int WriterCacheKiB = 32 * 1024;

    private readonly FileStream folderLock;
    private readonly TimeProvider time;
    private readonly IStoreFiles files;
    private readonly SqliteConnection database;
    private readonly ReaderPool readers;
    private readonly ViewRegistry views;
    private readonly AccountViews accounts;
    private readonly Announcer announcer;
    private readonly GroupCommitWriter writer;
    private readonly EmbeddedDirectory directory;
    private readonly EmbeddedSettings settings;
    private readonly EmbeddedState state;
    private readonly EmbeddedTrace trace;
    private readonly EmbeddedQueue queue;
    private readonly EmbeddedSubmissions submissions;
    private readonly EmbeddedSnoozes snoozes;
    private readonly EmbeddedAnnotations annotations;
    private readonly EmbeddedMailboxEvents events;
    private readonly EmbeddedCrashes crashes;
    private readonly SearchIndex search;
    private readonly Maintenance maintenance;
    private readonly ILogger logger;
    private long lastBlob;
    private int disposed;

    private EmbeddedStore(EmbeddedStoreOptions options, FileStream folderLock, SqliteConnection database, IStoreFiles files, TimeProvider time, ILogger logger)
    {
        (Options, this.folderLock, this.database, this.files, this.time, this.logger) = (options, folderLock, database, files, time, logger);
        Packs = new PackStore(Path.Combine(options.Folder, "packs"), options.SegmentOctets, files);
        Packs.Load(Segments(database));
        lastBlob = database.Scalar("SELECT value FROM store WHERE key = 'blob_high'");
        readers = new ReaderPool(Path.Combine(options.Folder, DatabaseName), options.MapOctets);
        views = new ViewRegistry(LoadSnapshot);
        accounts = new AccountViews(account => Read(reader => AccountLoad.Read(reader, account)), time);
        announcer = new Announcer(RaiseAccountChanged, logger);
        crashes = new EmbeddedCrashes(this, database, options.Folder, time, logger);
        search = new SearchIndex(Path.Combine(options.Folder, "search"), options, readers, Packs, crashes, logger);
        var session = new WriteSession(database, options, Packs, time, () => Interlocked.Read(ref lastBlob))
        {
            AccountGone = account => search.Remove(account),
            PurgeSoon = () => maintenance!.PurgeSoon(),
            IsWatched = accounts.IsWatched,
            AnnounceSubmissions = account => submissions!.Announce(account),
            AnnounceSnoozes = () => snoozes!.Announce(),
            AnnounceAnnotations = changed => annotations!.Announce(changed),
            AnnounceEvents = () => events!.Announce(),
        };
        writer = new GroupCommitWriter(session, Publish, () => files.AvailableOctets(options.Folder) >= options.ReserveOctets, logger);
        settings = new EmbeddedSettings(this);
        state = new EmbeddedState(this, time);
        directory = new EmbeddedDirectory(this, settings);
        Logins = new EmbeddedLoginHistory(this);
        Uploads = new EmbeddedUploads(this);
        trace = new EmbeddedTrace(this, database, time, logger);
        submissions = new EmbeddedSubmissions(this);
        queue = new EmbeddedQueue(this, database, trace, time);
        Emails = new EmbeddedEmails(this, accounts, readers);
        Contacts = new EmbeddedContacts(this);
        snoozes = new EmbeddedSnoozes(this);
        annotations = new EmbeddedAnnotations(this);
        events = new EmbeddedMailboxEvents(this);
        maintenance = new Maintenance(this, Path.Combine(options.Folder, DatabaseName), time, logger);
    }

    /// <inheritdoc/>
    public override DirectoryStore Directory => directory;

    /// <inheritdoc/>
    public override QueueStore Queue => queue;

    /// <inheritdoc/>
    public override TraceStore Trace => trace;

    /// <inheritdoc/>
    public override LoginHistoryStore Logins { get; }

    public override StateStore State => state;

    /// <inheritdoc/>
    public override SettingsStore Settings => settings;

    /// <inheritdoc/>
    public override EmailStore Emails { get; }

    /// <inheritdoc/>
    public override UploadStore Uploads { get; }

    /// <inheritdoc/>
    public override SubmissionStore Submissions => submissions;

    /// <inheritdoc/>
    public override SnoozeStore Snoozes => snoozes;

    /// <inheritdoc/>
    public override ContactStore Contacts { get; }

    /// <inheritdoc/>
    public override AnnotationStore Annotations => annotations;

    /// <inheritdoc/>
    public override MailboxEventStore Events => events;

    /// <inheritdoc/>
    public override CrashStore Crashes => crashes;

    internal EmbeddedStoreOptions Options { get; }
    internal PackStore Packs { get; }
    internal SearchIndex Search => search;
    internal EmbeddedCrashes CrashNotes => crashes;
    internal Announcer Announcer => announcer;
    internal bool IsBusy => writer.IsBusy;

    /// <summary>Opens the store of a folder, or makes it. Only one process has it open.</summary>
    public static ValueTask<EmbeddedStore> OpenAsync(EmbeddedStoreOptions options, TimeProvider time, ILogger<EmbeddedStore> logger, CancellationToken cancel) =>
        OpenAsync(options, time, logger, new StoreFiles(), cancel);

    internal static ValueTask<EmbeddedStore> OpenAsync(
        EmbeddedStoreOptions options, TimeProvider time, ILogger logger, IStoreFiles files, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        System.IO.Directory.CreateDirectory(options.Folder);
        var folderLock = TakeLock(options.Folder);
        SqliteConnection? database = null;
        try
        {
            database = SqliteConnection.Open(Path.Combine(options.Folder, DatabaseName), readOnly: false, WriterCacheKiB, options.MapOctets);
            database.Run("PRAGMA journal_mode = WAL");
            database.Run("PRAGMA synchronous = FULL");

            // Checkpoints run beside the writer (Maintenance), so that no commit waits for one.
            database.Run("PRAGMA wal_autocheckpoint = 0");
            Migrations.Apply(database);
            EmbeddedCrashes.Count(database, options.Folder, time, logger);
            return new(new EmbeddedStore(options, folderLock, database, files, time, logger));
        }
        catch
        {
            database?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        await maintenance.DisposeAsync();
        await trace.DisposeAsync();
        await Task.Run(writer.Dispose);
        await announcer.DisposeAsync();
        accounts.Dispose();
        search.Dispose();
        crashes.Dispose();
        readers.Dispose();
        try
        {
            database.Checkpoint(truncate: true);
        }
        catch (SqliteException e)
        {
            LogCheckpointFailed(e); // The log is read again at the next start: nothing is lost.
        }
        database.Dispose();
        Packs.Dispose();
        await folderLock.DisposeAsync();
    }

    internal long NextBlob() => Interlocked.Increment(ref lastBlob);

    /// <summary>Refuses before octets are taken that could not be kept.</summary>
    internal void RequireRoom()
    {
        if (files.AvailableOctets(Options.Folder) < Options.ReserveOctets) throw new StoreFullException("the disk is nearly full");
    }

    /// <summary>Has the writer move the rest of the log between two batches, so that the log begins anew.</summary>
    internal void RequestCheckpoint() => writer.RequestCheckpoint();

    internal Task<T> WriteAsync<T>(Func<WriteSession, T> verb, bool grows, CancellationToken cancel) => writer.RunAsync(verb, grows, cancel);

    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        using var lease = readers.Rent();
        return read(lease.Database);
    }

    private static FileStream TakeLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException("The store is open in another process.", e);
        }
    }

    private static List<(int Id, long Size, long Head)> Segments(SqliteConnection database)
    {
        var segments = new List<(int, long, long)>();
        var rows = database.Get("SELECT id, size, head FROM segment ORDER BY id");
        while (rows.Step()) segments.Add((rows.Int32(0), rows.Int64(1), rows.Int64(2)));
        return segments;
    }

    private MailboxSnapshot LoadSnapshot(MailboxId mailbox) => Read(reader => MailboxReads.Snapshot(reader, mailbox));

    // After the commit, before the answers: views first, since whoever gets an answer may look at once.
    private void Publish(WriteSession session)
    {
        var notify = new List<SharedView>();
        foreach (var delta in session.Deltas)
            if (views.Publish(delta) is { } shared && (notify.Count == 0 || notify[^1] != shared)) notify.Add(shared);
        PublishAccounts(session);
        var changes = new List<AccountChange>(session.Logs.Count);
        foreach (var id in session.Logs.Keys.Union(session.Touched.Keys))
            if (session.FindAccount(id) is { } account)
                changes.Add(new AccountChange(id, new ModSeq(account.ModSeq), [.. session.Touched.GetValueOrDefault(id) ?? []]) { HasNewEmails = session.Received.Contains(id) });
        if (notify.Count + changes.Count > 0) announcer.Post(notify, changes);
        maintenance.Committed(changes, session.Database.PagesWritten());
    }

    private void PublishAccounts(WriteSession session)
    {
        foreach (var (id, log) in session.Logs)
        {
            if (!accounts.IsWatched(id)) continue;
            if (session.FindAccount(id) is not { Removed: false } account)
            {
                accounts.Remove(id);
                continue;
            }
            var mailboxes = new List<MailboxChanged>();
            if (log is not null && session.Touched.TryGetValue(id, out var touched))
                foreach (var mailbox in touched) mailboxes.Add(After(session, mailbox));
            accounts.Publish(id, new AccountCommit(new ModSeq(account.ModSeq), log, mailboxes));
        }
    }

    private static MailboxChanged After(WriteSession session, MailboxId id) => session.FindMailbox(id) is { IsDeleted: false } mailbox
        ? new MailboxChanged(id, mailbox.ToMailbox(), mailbox.Keywords is null ? null : Keywords.Table(session, mailbox))
        : new MailboxChanged(id, null, null);

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be moved into the database")]
    private partial void LogCheckpointFailed(Exception error);
}
