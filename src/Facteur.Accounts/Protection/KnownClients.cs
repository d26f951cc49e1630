using System.Globalization;
using System.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>
/// Addresses (IPv6: /64) that accounts logged in from well within the last weeks, kept in learnt state: what tells the owner's
/// devices from strangers before the password is looked at. Noted in memory by the login, written together by <see cref="LoginRecorder"/>.
/// </summary>
internal sealed class KnownClients(StateStore state, LoginOptions options, TimeProvider time)
{
    internal const string Space = "login-known";

    /// <summary>Written again when it is older than this, so that it lasts while it is used.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);

    private const int MaxRemembered = 50_000;

    private readonly Dictionary<(AccountId Account, IPAddress Prefix), DateTimeOffset> noted = [];
    private readonly HashSet<(AccountId Account, IPAddress Prefix)> pending = [];
    private readonly Lock gate = new();

    /// <param name="account">Null for a user that is not there: asked all the same, for the time it takes.</param>
    public async ValueTask<bool> ContainsAsync(AccountId? account, IPAddress prefix, CancellationToken cancel)
    {
        var key = (account ?? default, prefix);
        lock (gate)
            if (noted.TryGetValue(key, out var at) && time.GetUtcNow() - at < options.KnownFor) return true;
        return await state.GetAsync(Space, Key(key), cancel) is not null;
    }

    public void Note(AccountId account, IPAddress prefix)
    {
        var (key, now) = ((account, prefix), time.GetUtcNow());
        lock (gate)
        {
            if (noted.TryGetValue(key, out var at) && now - at < RenewAfter) return;
            if (noted.Count >= MaxRemembered) noted.Clear();
            noted[key] = now;
            pending.Add(key);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        (AccountId Account, IPAddress Prefix)[] batch;
        lock (gate)
        {
            if (pending.Count == 0) return;
            batch = [.. pending];
            pending.Clear();
        }
        try
        {
            var now = time.GetUtcNow();
            await state.SetAsync(Space, [.. batch.Select(one => new StateEntry(Key(one), now.ToUnixTimeSeconds(), Expires: now + options.KnownFor))], cancel);
        }
        catch
        {
            lock (gate) pending.UnionWith(batch);
            throw;
        }
    }

    private static string Key((AccountId Account, IPAddress Prefix) one) => string.Create(CultureInfo.InvariantCulture, $"{one.Account.Value}/{one.Prefix}");
}
