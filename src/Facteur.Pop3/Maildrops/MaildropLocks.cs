using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>One session per maildrop (RFC 1939 §4). IMAP and delivery go on meanwhile: message numbers are the session's own.</summary>
internal sealed class MaildropLocks(TimeProvider time)
{
    private readonly ConcurrentDictionary<AccountId, TaskCompletionSource> held = new();

    /// <summary>Null when another session still holds it after <paramref name="patience"/>.</summary>
    public async ValueTask<IDisposable?> EnterAsync(AccountId account, TimeSpan patience, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!held.TryAdd(account, mine))
        {
            if (!held.TryGetValue(account, out var other)) continue;
            var left = patience - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) return null;
            try
            {
                await other.Task.WaitAsync(left, time, cancel);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
        return new Holder(this, account, mine);
    }

    private sealed class Holder(MaildropLocks locks, AccountId account, TaskCompletionSource left) : IDisposable
    {
        public void Dispose()
        {
            locks.held.TryRemove(new(account, left));
            left.TrySetResult();
        }
    }
}
