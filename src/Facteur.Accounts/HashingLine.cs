using System.Net;

namespace Facteur.Accounts;

/// <summary>Who waits for one's turn: a client address; or, apart from all others behind its address, a client that an account knows.</summary>
/// <param name="KnownTo">The user, when the client is known to it.</param>
internal readonly record struct LinePlace(IPAddress Address, string? KnownTo = null)
{
    public bool IsKnown => KnownTo is not null;
}

/// <summary>
/// The line in front of the password hashing: one login at a time per client address, a bounded number waiting per
/// address and in all, so that no number of tries can keep other addresses' logins from their turn (S-10). Known clients have
/// places of their own, which strangers cannot fill, and their passwords are hashed before those of strangers.
/// </summary>
internal sealed class HashingLine(int parallel, int waitingInAll, int waitingPerAddress) : IDisposable
{
    private sealed class Turn() : SemaphoreSlim(1, 1)
    {
        public int Users;
    }

    private readonly CoreQueue cores = new(parallel);
    private readonly Dictionary<LinePlace, Turn> turns = [];
    private readonly Lock gate = new();
    private int strangers, known;

    public ValueTask<bool> EnterAsync(IPAddress address, CancellationToken cancel) => EnterAsync(new LinePlace(address), cancel);

    /// <summary>Waits for this place's turn; false when the line is full. Pair with Leave.</summary>
    public async ValueTask<bool> EnterAsync(LinePlace place, CancellationToken cancel)
    {
        Turn? turn;
        lock (gate)
        {
            if ((place.IsKnown ? known : strangers) >= waitingInAll + parallel) return false;
            if (!turns.TryGetValue(place, out turn)) turns.Add(place, turn = new Turn());
            if (turn.Users > waitingPerAddress) return false;
            turn.Users++;
            Count(place, 1);
        }
        try
        {
            await turn.WaitAsync(cancel);
            return true;
        }
        catch
        {
            Drop(place, turn);
            throw;
        }
    }

    public void Leave(IPAddress address) => Leave(new LinePlace(address));

    public void Leave(LinePlace place)
    {
        Turn turn;
        lock (gate) turn = turns[place];
        turn.Release();
        Drop(place, turn);
    }

    /// <summary>Runs CPU-bound work on a thread of its own, so that the pool's few threads stay with the connections.</summary>
    /// <param name="isFirst">Before all that is not.</param>
    public async ValueTask<T> ComputeAsync<T>(Func<T> work, bool isFirst, CancellationToken cancel)
    {
        await cores.EnterAsync(isFirst, cancel);
        try
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            cores.Leave();
        }
    }

    public void Dispose()
    {
        lock (gate)
            foreach (var turn in turns.Values) turn.Dispose();
    }

    private void Count(LinePlace place, int by)
    {
        if (place.IsKnown) known += by;
        else strangers += by;
    }

    private void Drop(LinePlace place, Turn turn)
    {
        lock (gate)
        {
            Count(place, -1);
            if (--turn.Users > 0) return;
            turns.Remove(place);
        }
        turn.Dispose();
    }
}

/// <summary>So many at a time; who is first in line goes before who is not, each kind in the order it came.</summary>
internal sealed class CoreQueue(int parallel)
{
    private readonly LinkedList<TaskCompletionSource> first = [], others = [];
    private readonly Lock gate = new();
    private int free = parallel;

    public async ValueTask EnterAsync(bool isFirst, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> place;
        var waiting = isFirst ? first : others;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }
            place = waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        await using (cancel.Register(() => GiveUp(waiting, place, cancel))) await place.Value.Task;
    }

    public void Leave()
    {
        TaskCompletionSource next;
        lock (gate)
        {
            var waiting = first.Count > 0 ? first : others;
            if (waiting.First is not { } place)
            {
                free++;
                return;
            }
            waiting.RemoveFirst();
            next = place.Value;
        }
        next.SetResult();
    }

    // Under the lock it is either still waiting, and leaves, or was let in, and stays.
    private void GiveUp(LinkedList<TaskCompletionSource> waiting, LinkedListNode<TaskCompletionSource> place, CancellationToken cancel)
    {
        lock (gate)
        {
            if (place.List is null) return;
            waiting.Remove(place);
        }
        place.Value.TrySetCanceled(cancel);
    }
}
