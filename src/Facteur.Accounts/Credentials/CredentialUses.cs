using System.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>When credentials were last used, to the minute: noted in memory by the login, written together by <see cref="LoginRecorder"/>.</summary>
internal sealed class CredentialUses(DirectoryStore directory, TimeProvider time)
{
    /// <summary>Credentials whose last minute is remembered; when there are more, some are written twice.</summary>
    private const int MaxRemembered = 50_000;

    private readonly Dictionary<long, (long Minute, IPAddress From)> last = [];
    private readonly Dictionary<long, (DateTimeOffset At, IPAddress From)> pending = [];
    private readonly Lock gate = new();

    public void Note(long credential, IPAddress from)
    {
        var now = time.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        lock (gate)
        {
            if (last.TryGetValue(credential, out var seen) && seen.Minute == minute && seen.From.Equals(from)) return;
            if (last.Count >= MaxRemembered) last.Clear();
            last[credential] = (minute, from);
            pending[credential] = (DateTimeOffset.FromUnixTimeSeconds(minute * 60), from);
        }
    }

    /// <summary>Writes what was noted; what cannot be written is tried again with the next.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        KeyValuePair<long, (DateTimeOffset At, IPAddress From)>[] batch;
        lock (gate)
        {
            if (pending.Count == 0) return;
            batch = [.. pending];
            pending.Clear();
        }
        try
        {
            await directory.NoteCredentialsUsedAsync([.. batch.Select(use => (use.Key, use.Value.At, use.Value.From.ToString()))], cancel);
        }
        catch
        {
            lock (gate)
                foreach (var use in batch) pending.TryAdd(use.Key, use.Value);
            throw;
        }
    }
}
