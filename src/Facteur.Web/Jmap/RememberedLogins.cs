using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Web.Jmap;

/// <summary>The same Authorization from the same place: a keyed hash of both.</summary>
internal readonly record struct LoginMark(ulong A, ulong B);

/// <summary>
/// Logins that were right a moment ago: HTTP brings the credentials with each request, and each would be a line of the log and a login of the
/// history. What ends a login ends what is remembered of it, at once.
/// </summary>
internal sealed class RememberedLogins(LoginService logins, TimeProvider time) : IDisposable
{
    /// <summary>That a token or an app password is over by its date, or a single token withdrawn, is told to nobody: within five seconds it has to count.</summary>
    private static readonly TimeSpan keep = TimeSpan.FromSeconds(3);

    /// <summary>Some 300 octets each.</summary>
    private const int Max = 4096;

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<LoginMark, Entry> entries = [];
    private readonly Lock gate = new();

    private sealed class Entry(Account account, DateTimeOffset ends)
    {
        public volatile bool IsOver;

        public Account Account => account;

        public DateTimeOffset Ends => ends;

        public IDisposable? Watch { get; set; }
    }

    public LoginMark KeyOf(string authorization, LoginClient client)
    {
        // Whatever rules may ask of the connection is part of it.
        var text = $"{authorization}\n{client.Remote}\n{client.IsEncrypted}\n{client.CertificateHash}\n{client.Program}";
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text));
        return new LoginMark(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8)));
    }

    public Account? Find(LoginMark key)
    {
        Entry? old;
        lock (gate)
        {
            if (!entries.TryGetValue(key, out old)) return null;
            if (!old.IsOver && time.GetUtcNow() < old.Ends) return old.Account;
            entries.Remove(key);
        }
        old.Watch?.Dispose();
        return null;
    }

    public void Add(LoginMark key, Account account)
    {
        var entry = new Entry(account, time.GetUtcNow() + keep);
        entry.Watch = logins.Watch(account, () => entry.IsOver = true);
        List<Entry> gone = [];
        lock (gate)
        {
            if (entries.Remove(key, out var former)) gone.Add(former);
            if (entries.Count >= Max) Forget(gone);
            entries[key] = entry;
        }
        foreach (var one in gone) one.Watch?.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values) entry.Watch?.Dispose();
            entries.Clear();
        }
    }

    /// <summary>Those that are over, or all of them when none is.</summary>
    private void Forget(List<Entry> gone)
    {
        var now = time.GetUtcNow();
        foreach (var (key, entry) in entries)
            if (entry.IsOver || now >= entry.Ends)
            {
                entries.Remove(key);
                gone.Add(entry);
            }
        if (entries.Count < Max) return;
        gone.AddRange(entries.Values);
        entries.Clear();
    }
}
