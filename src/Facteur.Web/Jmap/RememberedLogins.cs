using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Web.Jmap;

/// <summary>The same Authorization from the same place: a keyed hash of both.</summary>
internal readonly record struct LoginMark(ulong A, ulong B);

/// <summary>
/// Logins that were right a moment ago: HTTP brings the credentials with each request, and each would be a line of the log and a login of the
/// history. Any change of security or rules since makes them log in again, which is refused in its own words.
/// </summary>
internal sealed class RememberedLogins(LoginService logins, TimeProvider time)
{
    /// <summary>That a token or an app password is over by its date, or a single token withdrawn, is told to nobody: within five seconds it has to count.</summary>
    private static readonly TimeSpan keep = TimeSpan.FromSeconds(3);

    /// <summary>Some 300 octets each.</summary>
    private const int Max = 4096;

    private readonly record struct Entry(Account Account, DateTimeOffset Ends);

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<LoginMark, Entry> entries = [];
    private readonly Lock gate = new();

    public LoginMark KeyOf(string authorization, LoginClient client)
    {
        // Whatever rules may ask of the connection is part of it.
        var text = $"{authorization}\n{client.Remote}\n{client.IsEncrypted}\n{client.CertificateHash}\n{client.Program}";
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text));
        return new LoginMark(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8)));
    }

    public Account? Find(LoginMark key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry)) return null;
            if (Holds(entry, time.GetUtcNow())) return entry.Account;
            entries.Remove(key);
            return null;
        }
    }

    public void Add(LoginMark key, Account account)
    {
        lock (gate)
        {
            if (entries.Count >= Max) Forget();
            entries[key] = new Entry(account, time.GetUtcNow() + keep);
        }
    }

    private bool Holds(Entry entry, DateTimeOffset now) => now < entry.Ends && !logins.HasChangedSince(entry.Account);

    /// <summary>Those that are over, or all of them when none is.</summary>
    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, entry) in entries)
            if (!Holds(entry, now)) entries.Remove(key);
        if (entries.Count >= Max) entries.Clear();
    }
}
