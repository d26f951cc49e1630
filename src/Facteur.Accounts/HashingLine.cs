using System.Net;

namespace Facteur.Accounts;

/// <summary>
/// The line in front of the password hashing: one login at a time per client address, a bounded number waiting per
/// address and in all, so that no number of tries can keep other addresses' logins from their turn (S-10).
/// </summary>
internal sealed class HashingLine(int parallel, int waitingInAll, int waitingPerAddress) : IDisposable
{
    private sealed class Turn() : SemaphoreSlim(1, 1)
    {
        public int Users;
    }

    private readonly SemaphoreSlim cores = new(parallel, parallel);
    private readonly Dictionary<IPAddress, Turn> turns = [];
    private readonly Lock gate = new();
    private int inLine;

    /// <summary>Waits for this address's turn; false when the line is full. Pair with <see cref="Leave"/>.</summary>
    public async ValueTask<bool> EnterAsync(IPAddress address, CancellationToken cancel)
    {
        Turn? turn;
        lock (gate)
        {
            if (inLine >= waitingInAll + parallel) return false;
            if (!turns.TryGetValue(address, out turn)) turns.Add(address, turn = new Turn());
            if (turn.Users > waitingPerAddress) return false;
            turn.Users++;
            inLine++;
        }
        try
        {
            await turn.WaitAsync(cancel);
            return true;
        }
        catch
        {
            Drop(address, turn);
            throw;
        }
    }

    public void Leave(IPAddress address)
    {
        Turn turn;
        lock (gate) turn = turns[address];
        turn.Release();
        Drop(address, turn);
    }

    /// <summary>Runs CPU-bound work on a thread of its own, so that the pool's few threads stay with the connections.</summary>
    public async ValueTask<T> ComputeAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await cores.WaitAsync(cancel);
        try
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            cores.Release();
        }
    }

    public void Dispose() => cores.Dispose();

    private void Drop(IPAddress address, Turn turn)
    {
        lock (gate)
        {
            inLine--;
            if (--turn.Users > 0) return;
            turns.Remove(address);
        }
        turn.Dispose();
    }
}
