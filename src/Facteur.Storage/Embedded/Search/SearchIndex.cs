using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Reading;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Search;

/// <summary>
/// Substring search over the folded text of messages. Texts are written when the store is quiet, and what is missing before each search:
/// never in a delivery.
/// </summary>
internal sealed partial class SearchIndex(string folder, EmbeddedStoreOptions options, ReaderPool readers, PackStore packs, CrashStore crashes, ILogger logger) : IDisposable
{
    private const int MaxOpen = 64;
    private const int Step = 64;
    private const int WriteOctets = 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, Entry> open = [];
    private readonly ILogger logger = logger;
    private long uses;

    public async Task<IReadOnlyList<Uid>> FindAsync(AccountId account, MailboxSnapshot snapshot, string needle, bool withHeaders, CancellationToken cancel)
    {
        if (needle.Length == 0) return AllOf(snapshot); // RFC 9051 §6.4.4: every string holds the empty one.
        var emails = new long[snapshot.Count];
        var at = 0;
        foreach (var chunk in snapshot.Chunks)
            foreach (var message in chunk) emails[at++] = message.Email.Value;
        Array.Sort(emails);
        var found = await FindEmailsAsync(account, emails, needle, withHeaders, cancel);
        if (found.Count == 0) return [];
        var uids = new List<Uid>();
        foreach (var chunk in snapshot.Chunks)
            foreach (var message in chunk)
                if (found.Contains(message.Email.Value)) uids.Add(message.Uid);
        return uids;
    }

    /// <summary>Those of some emails of an account whose text holds the needle.</summary>
    /// <param name="emails">Ascending; may repeat.</param>
    public async Task<HashSet<long>> FindEmailsAsync(AccountId account, long[] emails, string needle, bool withHeaders, CancellationToken cancel)
    {
        var octets = Encoding.UTF8.GetBytes(needle);
        if (octets.Length == 0) return [.. emails];
        var found = new HashSet<long>();
        var entry = await EnterAsync(account, cancel);
        try
        {
            var text = await CatchUpAsync(entry, account, cancel);
            text.Find(Wanted(text, emails), octets, withHeaders, found, cancel);
        }
        finally
        {
            Leave(entry);
        }
        return found;
    }

    /// <summary>Writes the texts that are missing.</summary>
    public async Task CatchUpAsync(AccountId account, CancellationToken cancel)
    {
        var entry = await EnterAsync(account, cancel);
        try
        {
            await CatchUpAsync(entry, account, cancel);
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>The account is gone.</summary>
    public void Remove(AccountId account)
    {
        lock (gate)
            if (open.Remove(account, out var entry)) entry.Removed = true;
        if (Directory.Exists(folder)) File.Delete(PathOf(account));
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in open.Values) entry.Text?.Dispose();
            open.Clear();
        }
    }

    private static List<Uid> AllOf(MailboxSnapshot snapshot)
    {
        var uids = new List<Uid>(snapshot.Count);
        foreach (var chunk in snapshot.Chunks)
            foreach (var message in chunk) uids.Add(message.Uid);
        return uids;
    }

    private static List<TextRecord> Wanted(TextFile text, long[] emails)
    {
        var wanted = new List<TextRecord>(emails.Length);
        var records = text.Records;
        var next = 0;
        for (var i = 0; i < emails.Length; i++)
        {
            if (i > 0 && emails[i] == emails[i - 1]) continue;
            next = LowerBound(records, emails[i], next);
            if (next < records.Count && records[next].Email == emails[i]) wanted.Add(records[next++]);
        }
        return wanted;
    }

    // Mostly the very next one.
    private static int LowerBound(IReadOnlyList<TextRecord> records, long email, int from)
    {
        if (from >= records.Count || records[from].Email >= email) return from;
        int low = from, high = records.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (records[middle].Email < email) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private async Task<TextFile> CatchUpAsync(Entry entry, AccountId account, CancellationToken cancel)
    {
        var text = entry.Text ??= Open(account);
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var last = text.LastEmail;
        while (Missing(account, last) is { Count: > 0 } missing)
        {
            foreach (var (email, blob, headers, parts) in missing)
            {
                var folded = await FoldAsync(email, blob, parts, cancel);
                TextFile.Write(output, email, headers, folded);
                last = email;
                if (output.WrittenCount < WriteOctets) continue;
                text.Append(output.WrittenSpan);
                output.ResetWrittenCount();
            }
        }
        if (output.WrittenCount > 0) text.Append(output.WrittenSpan);
        return text;
    }

    private List<(long Email, long Blob, byte[] Headers, byte[] Parts)> Missing(AccountId account, long after)
    {
        var missing = new List<(long, long, byte[], byte[])>();
        using var lease = readers.Rent();

        // Index email_account holds the ids of an account in order.
        var rows = lease.Database.Get("""
            SELECT e.id, e.blob, f.folded_headers, f.parts FROM email e INDEXED BY email_account JOIN facts f ON f.blob = e.blob
            WHERE e.account = ?1 AND e.id > ?2 ORDER BY e.id LIMIT ?3
            """).Bind(1, account.Value).Bind(2, after).Bind(3, Step);
        while (rows.Step()) missing.Add((rows.Int64(0), rows.Int64(1), rows.Octets(2).ToArray(), rows.Octets(3).ToArray()));
        return missing;
    }

    // A message that cannot be read has no text, nor has one that ended the process again and again: it must not keep others from being found.
    private async Task<byte[]> FoldAsync(long email, long blob, byte[] parts, CancellationToken cancel)
    {
        if (crashes.IsQuarantined(RiskyWork.Index, email))
        {
            LogQuarantined(email, CrashStore.Limit);
            return [];
        }
        await using var turn = await crashes.TurnAsync(new WorkItem(RiskyWork.Index, email), cancel);
        using (turn.Mark()) return await ReadAsync(email, blob, parts, cancel);
    }

    private async Task<byte[]> ReadAsync(long email, long blob, byte[] parts, CancellationToken cancel)
    {
        try
        {
            await using var body = BodyReads.Open(readers, packs, blob);
            if (body is null) return [];
            var output = new ArrayBufferWriter<byte>();
            await FoldedText.WriteBodyAsync(body, PartTable.Parse(parts), output, options.SearchTextOctets, cancel);
            return output.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnreadable(e, email);
            return [];
        }
    }

    private TextFile Open(AccountId account)
    {
        Directory.CreateDirectory(folder);
        var text = new TextFile(PathOf(account));
        var live = new HashSet<long>();
        using (var lease = readers.Rent())
        {
            var rows = lease.Database.Get("SELECT id FROM email WHERE account = ?1").Bind(1, account.Value);
            while (rows.Step()) live.Add(rows.Int64(0));
        }
        if (text.Records.Count > 1000 && text.Records.Count > 2 * live.Count) text.Compact(live.Contains);
        return text;
    }

    private async Task<Entry> EnterAsync(AccountId account, CancellationToken cancel)
    {
        Entry? entry;
        lock (gate)
        {
            if (!open.TryGetValue(account, out entry)) open.Add(account, entry = new Entry());
            entry.Users++;
            entry.LastUse = ++uses;
        }
        try
        {
            await entry.Turn.WaitAsync(cancel);
            return entry;
        }
        catch
        {
            lock (gate) entry.Users--;
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        entry.Turn.Release();
        lock (gate)
        {
            entry.Users--;
            if (entry is { Removed: true, Users: 0 }) entry.Text?.Dispose();
            if (open.Count <= MaxOpen) return;
            foreach (var (account, idle) in open.Where(one => one.Value.Users == 0).OrderBy(one => one.Value.LastUse).Take(open.Count - MaxOpen).ToList())
            {
                idle.Text?.Dispose();
                open.Remove(account);
            }
        }
    }

    private string PathOf(AccountId account) => Path.Combine(folder, account.Value.ToString(CultureInfo.InvariantCulture) + ".txt");

    [LoggerMessage(LogLevel.Warning, "Email {Email} is in quarantine: the server ended {Crashes} times while its text was read; it is not found by its text", EventName = "quarantine.index")]
    private partial void LogQuarantined(long email, int crashes);

    [LoggerMessage(LogLevel.Warning, "Email {Email} cannot be read for searches")]
    private partial void LogUnreadable(Exception error, long email);

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public TextFile? Text { get; set; }
        public int Users { get; set; }
        public long LastUse { get; set; }
        public bool Removed { get; set; }
    }
}
