using Facteur.Storage;

namespace Facteur.Web.Reading;

/// <summary>How many images are fetched at once: by one person, so that nobody keeps the others waiting, and by all, which bounds memory. The others wait.</summary>
internal sealed class Turns(int perPerson, SemaphoreSlim all)
{
    private readonly Dictionary<AccountId, Queue> queues = [];
    private readonly Lock gate = new();

    private sealed class Queue(int size)
    {
        public SemaphoreSlim Places { get; } = new(size);

        /// <summary>Those who wait and those who are in.</summary>
        public int Users { get; set; }
    }

    /// <summary>Waits for a turn; it is over when the result is disposed of.</summary>
    public async ValueTask<IDisposable> TakeAsync(AccountId person, CancellationToken cancel)
    {
        var queue = Join(person);
        try
        {
            await queue.Places.WaitAsync(cancel);
            try
            {
                await all.WaitAsync(cancel);
            }
            catch
            {
                queue.Places.Release();
                throw;
            }
            return new Turn(this, person, queue);
        }
        catch
        {
            Leave(person, queue);
            throw;
        }
    }

    private Queue Join(AccountId person)
    {
        lock (gate)
        {
            if (!queues.TryGetValue(person, out var queue)) queues[person] = queue = new Queue(perPerson);
            queue.Users++;
            return queue;
        }
    }

    private void Release() => all.Release();

    private void Leave(AccountId person, Queue queue)
    {
        lock (gate)
            if (--queue.Users == 0) queues.Remove(person);
    }

    private sealed class Turn(Turns turns, AccountId person, Queue queue) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) != 0) return;
            turns.Release();
            queue.Places.Release();
            turns.Leave(person, queue);
        }
    }
}
