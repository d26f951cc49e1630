using System.Collections.Concurrent;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Pop3;

/// <summary>When accounts with a LOGIN-DELAY (RFC 2449 §6.5) logged in last. Only in memory: a restart lets everybody in once.</summary>
internal sealed class LoginPauses(TimeProvider time)
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<AccountId, (long At, int Seconds)> last = new();

    /// <summary>How long the account has still to wait; null when it may log in.</summary>
    public TimeSpan? Left(AccountId account, PopSetting setting)
    {
        if (setting.LoginDelay <= 0 || !last.TryGetValue(account, out var login)) return null;
        var left = TimeSpan.FromSeconds(setting.LoginDelay) - time.GetElapsedTime(login.At);
        return left > TimeSpan.Zero ? left : null;
    }

    public void LoggedIn(AccountId account, PopSetting setting)
    {
        if (setting.LoginDelay <= 0) return;
        if (last.Count >= Most)
            foreach (var (other, login) in last)
                if (time.GetElapsedTime(login.At) >= TimeSpan.FromSeconds(login.Seconds)) last.TryRemove(other, out _);
        if (last.Count < Most || last.ContainsKey(account)) last[account] = (time.GetTimestamp(), setting.LoginDelay);
    }
}
