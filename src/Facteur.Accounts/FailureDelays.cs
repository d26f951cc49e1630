using System.Net;
using System.Net.Sockets;

namespace Facteur.Accounts;

/// <summary>
/// Failures per client address and per account, and the delay they cost the next try. Never asked for a password
/// that is remembered as right, so a stranger's guessing does not slow the owner's clients. A client that the account knows (<see cref="KnownClients"/>)
/// is counted by itself: neither strangers at the account nor others behind its address slow it, and it slows nobody else.
/// </summary>
internal sealed class FailureDelays(LoginOptions options, TimeProvider time)
{
    private readonly record struct Failures(int Count, long Last);

    private readonly Dictionary<string, Failures> counts = [];
    private readonly Queue<(string Key, long At)> order = new();
    private readonly Lock gate = new();

    public TimeSpan For(IPAddress prefix, string user, bool isKnown = false)
    {
        lock (gate)
        {
            if (isKnown) return DelayOf(Pair(prefix, user), options.LongestAddressDelay);
            var byAddress = DelayOf(prefix.ToString(), options.LongestAddressDelay);
            var byAccount = DelayOf(user, options.LongestAccountDelay);
            return byAddress > byAccount ? byAddress : byAccount;
        }
    }

    public void Failed(IPAddress prefix, string user, bool isKnown = false)
    {
        lock (gate)
        {
            if (isKnown)
            {
                Count(Pair(prefix, user));
                return;
            }
            Count(prefix.ToString());
            Count(user);
        }
    }

    /// <summary>Clears the account's count; the address keeps its own, or one good account would pay for guessing at others (S-09).</summary>
    public void Succeeded(IPAddress prefix, string user)
    {
        lock (gate)
        {
            counts.Remove(user);
            counts.Remove(Pair(prefix, user));
        }
    }

    private static string Pair(IPAddress prefix, string user) => $"{prefix} {user}";

    private TimeSpan DelayOf(string key, TimeSpan longest)
    {
        if (!counts.TryGetValue(key, out var failures) || IsForgotten(failures.Last)) return TimeSpan.Zero;
        var costly = failures.Count - options.FreeFailures;
        if (costly <= 0) return TimeSpan.Zero;
        var delay = options.FirstDelay * Math.Pow(2, Math.Min(costly - 1, 20));
        return delay < longest ? delay : longest;
    }

    private void Count(string key)
    {
        var now = time.GetTimestamp();
        var before = counts.TryGetValue(key, out var failures) && !IsForgotten(failures.Last) ? failures.Count : 0;
        counts[key] = new Failures(before + 1, now);
        order.Enqueue((key, now));
        // Each count has its latest place in the queue; older places of the same key are passed over.
        while (counts.Count > options.CountedFailures || order.Count > 4 * options.CountedFailures || IsForgotten(order.Peek().At))
        {
            var oldest = order.Dequeue();
            if (counts.TryGetValue(oldest.Key, out var at) && at.Last == oldest.At) counts.Remove(oldest.Key);
        }
    }

    private bool IsForgotten(long last) => time.GetElapsedTime(last) > options.ForgetFailuresAfter;
}
