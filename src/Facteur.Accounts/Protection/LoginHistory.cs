using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>
/// The logins of accounts, for their owners: equal ones within an hour are one row with a count. Kept in memory until
/// <see cref="LoginRecorder"/> writes them together; a login never waits for it. Refusals are kept for accounts that are there, never for
/// names that somebody made up, and rows in memory are bounded: what does not fit is counted as what it resembles.
/// </summary>
public sealed class LoginHistory : IDisposable
{
    /// <summary>Rows that may still grow.</summary>
    private const int MaxOpen = 20_000;

    /// <summary>Refused logins of one account that have a row of their own at a time: further addresses join the last.</summary>
    private const int MaxRefusedOfAccount = 50;

    private const int MaxProgram = 200, MaxCredential = 150;

    /// <summary>What an account's refusals share once it has too many.</summary>
    private const string ManyAddresses = "…";

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly record struct Key(AccountId Account, string Protocol, string Remote, string Program, string Credential, string Result);

    private sealed class Open(LoginHistoryRow row)
    {
        public LoginHistoryRow Row = row;
        public bool IsDirty = true;

        /// <summary>Not seen by <see cref="TakeNew"/> as it is: it is not written, or was written without the name of its program.</summary>
        public bool IsNew = true;

        /// <summary>Its logins were counted away before it was ever written.</summary>
        public bool IsNothing => Row is { Id: 0, Count: 0 };
    }

    private readonly LoginHistoryStore store;
    private readonly TimeProvider time;
    private readonly Dictionary<Key, Open> open = [];
    private readonly Queue<(Key Key, DateTimeOffset First)> order = new();
    private readonly Dictionary<AccountId, int> refused = [];
    private readonly List<LoginHistoryRow> written = [];
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Lock gate = new();

    public LoginHistory(LoginHistoryStore store, TimeProvider time) => (this.store, this.time) = (store, time);

    /// <summary>The latest first; rows that stand for no login any more are left out.</summary>
    public async ValueTask<IReadOnlyList<LoginHistoryRow>> ListAsync(AccountId account, DateTimeOffset since, int max, CancellationToken cancel)
    {
        await FlushAsync(cancel);
        return [.. (await store.ListAsync(account, since, null, max, cancel)).Where(row => row.Count > 0)];
    }

    public void Dispose() => writing.Dispose();

    /// <summary>Counts a login.</summary>
    /// <param name="result">"ok", or the code of its refusal.</param>
    internal void Note(AccountId account, LoginClient client, string credential, string result)
    {
        var key = new Key(account, NameOf(client.Protocol), client.Remote.ToString(), Line(client.Program, MaxProgram), Line(credential, MaxCredential), result);
        lock (gate) Note(key);
    }

    /// <summary>The program of a login said its name after it: the login moves to the row of that name.</summary>
    internal void NoteProgram(AccountId account, LoginClient client, string credential, string program)
    {
        var before = new Key(account, NameOf(client.Protocol), client.Remote.ToString(), Line(client.Program, MaxProgram), Line(credential, MaxCredential), "ok");
        var after = before with { Program = Line(program, MaxProgram) };
        if (after == before || after.Program.Length == 0) return;
        lock (gate)
        {
            if (!open.TryGetValue(before, out var row) || row.Row.Count == 0) return;
            if (row.Row.Count == 1 && IsOver(after))
            {
                open.Remove(before);
                row.Row = row.Row with { Program = after.Program };
                (row.IsDirty, row.IsNew) = (true, true);
                open[after] = row;
                order.Enqueue((after, row.Row.First));
                return;
            }
            row.Row = row.Row with { Count = row.Row.Count - 1 };
            row.IsDirty = true;
            Note(after);
        }
    }

    /// <summary>Rows that were written for the first time, or for the first time with their program, since this was asked before.</summary>
    internal IReadOnlyList<LoginHistoryRow> TakeNew()
    {
        lock (gate)
        {
            LoginHistoryRow[] rows = [.. written];
            written.Clear();
            return rows;
        }
    }

    /// <summary>Writes what is new and what has grown, in one commit.</summary>
    internal async ValueTask FlushAsync(CancellationToken cancel)
    {
        await writing.WaitAsync(cancel); // a row that is being written for the first time has no id yet, and must not be written again
        try
        {
            await WriteAsync(cancel);
        }
        finally
        {
            writing.Release();
        }
    }

    private async ValueTask WriteAsync(CancellationToken cancel)
    {
        List<Open> dirty;
        List<LoginHistoryRow> rows;
        lock (gate)
        {
            dirty = [.. open.Values.Where(one => one.IsDirty && !one.IsNothing)];
            if (dirty.Count == 0) return;
            rows = dirty.ConvertAll(one => one.Row);
            foreach (var one in dirty) one.IsDirty = false;
        }
        try
        {
            var stored = await store.WriteAsync(rows, cancel);
            lock (gate)
            {
                for (var i = 0; i < dirty.Count; i++)
                {
                    if (dirty[i].IsNew && dirty[i].Row.Program == rows[i].Program)
                    {
                        dirty[i].IsNew = false;
                        if (written.Count < MaxOpen) written.Add(stored[i]);
                    }
                    dirty[i].Row = dirty[i].Row with { Id = stored[i].Id };
                }
            }
        }
        catch
        {
            lock (gate)
                foreach (var one in dirty) one.IsDirty = true;
            throw;
        }
    }

    private void Note(Key key)
    {
        var now = time.GetUtcNow();
        Close(now);
        if (!IsOver(key))
        {
            Grow(open[key], now);
            return;
        }
        if (key.Result != "ok" && refused.GetValueOrDefault(key.Account) >= MaxRefusedOfAccount)
        {
            key = key with { Remote = ManyAddresses, Program = "", Credential = "" };
            if (!IsOver(key))
            {
                Grow(open[key], now);
                return;
            }
        }
        if (open.Count >= MaxOpen) return; // a storm: better some logins without a row than memory without a bound
        if (key.Result != "ok" && !open.ContainsKey(key)) refused[key.Account] = refused.GetValueOrDefault(key.Account) + 1;
        open[key] = new Open(new LoginHistoryRow(0, key.Account, now, now, 1, key.Protocol, key.Remote, key.Program, key.Credential, key.Result));
        order.Enqueue((key, now));
    }

    private static void Grow(Open one, DateTimeOffset now)
    {
        one.Row = one.Row with { Last = now, Count = one.Row.Count + 1 };
        one.IsDirty = true;
    }

    /// <summary>Another row begins: there is none, or its hour has passed and it is written.</summary>
    private bool IsOver(Key key) => !open.TryGetValue(key, out var one) || (time.GetUtcNow() - one.Row.First >= Window && !one.IsDirty);

    /// <summary>Rows whose hour has passed and that are written grow no more.</summary>
    private void Close(DateTimeOffset now)
    {
        while (order.TryPeek(out var oldest) && now - oldest.First >= Window)
        {
            if (open.TryGetValue(oldest.Key, out var one) && one.Row.First == oldest.First)
            {
                if (one.IsDirty && !one.IsNothing) return; // with the next flush
                open.Remove(oldest.Key);
                if (oldest.Key.Result != "ok" && refused.TryGetValue(oldest.Key.Account, out var count) && count > 1) refused[oldest.Key.Account] = count - 1;
                else if (oldest.Key.Result != "ok") refused.Remove(oldest.Key.Account);
            }
            order.Dequeue();
        }
    }

    internal static string NameOf(MailProtocol protocol) => protocol.ToString().ToLowerInvariant();

    private static string Line(string text, int max)
    {
        var shown = text.Length > max ? text[..max] : text;
        return shown.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) : shown;
    }
}
