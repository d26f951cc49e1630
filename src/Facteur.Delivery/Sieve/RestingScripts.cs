using System.Collections.Concurrent;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>
/// Scripts that take too long, time after time, are not run for a while: one such message costs what <see cref="SieveLimits.MaxWork"/> says, and
/// a script that is a bomb must not cost that for each (S-12). Only in memory; another content of the script is another script.
/// </summary>
internal sealed class RestingScripts(TimeProvider time)
{
    private const int MaxTimes = 3;
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(SettingScope, long), (int Times, long Last)> slow = new();

    /// <summary>Why the script is not run now; null when it is.</summary>
    public SieveError? Why(ScriptStep step) =>
        slow.TryGetValue((step.Owner, step.Script.Content), out var known) && known.Times >= MaxTimes && time.GetElapsedTime(known.Last) < Rest
            ? new SieveError(new SievePosition(1, 1), ScriptText.Resting) : null;

    public void Note(ScriptStep step, bool tookTooLong)
    {
        var key = (step.Owner, step.Script.Content);
        if (!tookTooLong)
        {
            if (!slow.IsEmpty) slow.TryRemove(key, out _);
            return;
        }
        if (slow.Count >= MaxRemembered) slow.Clear();
        slow.AddOrUpdate(key, (1, time.GetTimestamp()), (_, known) => (known.Times + 1, time.GetTimestamp()));
    }
}
