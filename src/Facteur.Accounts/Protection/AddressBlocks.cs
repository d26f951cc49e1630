using System.Net;
using Facteur.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>An address (IPv6: a /64) whose logins are not looked at.</summary>
/// <param name="Failures">Different wrong passwords that led to it.</param>
public sealed record AddressBlock(IPAddress Address, int Failures, DateTimeOffset Until);

/// <summary>
/// Addresses that brought so many different wrong passwords that they are guessing: their logins are refused for an hour, on all
/// protocols, without a look at the password. Right app passwords and clients that an account knows still get in. Kept in learnt state.
/// </summary>
public sealed class AddressBlocks
{
    private const string Space = "login-blocks";
    private const int MaxListed = 10_000, MaxAddresses = 4_000;

    private sealed record Tries(HashSet<ulong> Keys, long Since);

    private readonly StateStore state;
    private readonly LoginOptions options;
    private readonly TimeProvider time;
    private readonly Dictionary<IPAddress, Tries> tries = [];
    private readonly Dictionary<IPAddress, AddressBlock> blocked = [];
    private readonly HashSet<IPAddress> pending = [];
    private readonly Lock gate = new();
    private bool isLoaded;

    public AddressBlocks(StateStore state, LoginOptions options, TimeProvider time) => (this.state, this.options, this.time) = (state, options, time);

    internal bool IsBlocked(IPAddress prefix)
    {
        lock (gate)
        {
            if (!blocked.TryGetValue(prefix, out var block)) return false;
            if (block.Until > time.GetUtcNow()) return true;
            blocked.Remove(prefix);
            return false;
        }
    }

    /// <summary>Counts a wrong password; true when it was the one that blocks the address.</summary>
    /// <param name="key">The same for the same user and password: a program that repeats an old password is not guessing.</param>
    internal bool Failed(IPAddress prefix, ulong key)
    {
        lock (gate)
        {
            if (!tries.TryGetValue(prefix, out var seen) || time.GetElapsedTime(seen.Since) > options.ForgetFailuresAfter)
            {
                if (tries.Count >= MaxAddresses) Forget();
                tries[prefix] = seen = new Tries([], time.GetTimestamp());
            }
            if (!seen.Keys.Add(key) || seen.Keys.Count < options.BlockAfter) return false;
            tries.Remove(prefix);
            if (blocked.Count >= MaxListed) return false;
            blocked[prefix] = new AddressBlock(prefix, seen.Keys.Count, time.GetUtcNow() + options.BlockFor);
            pending.Add(prefix);
            return true;
        }
    }

    public async ValueTask<IReadOnlyList<AddressBlock>> ListAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        return [.. (await ReadAsync(cancel)).OrderByDescending(block => block.Until)];
    }

    /// <summary>False when the address was not blocked.</summary>
    /// <param name="address">Any address of a blocked /64 lifts its block.</param>
    public async ValueTask<bool> RemoveAsync(IPAddress address, CancellationToken cancel)
    {
        var prefix = address.OneHost();
        bool was;
        lock (gate)
        {
            was = blocked.Remove(prefix);
            pending.Remove(prefix);
            tries.Remove(prefix);
        }
        return await state.RemoveAsync(Space, prefix.ToString(), cancel) || was;
    }

    /// <summary>Takes over what was blocked before a restart, the first time; writes what was blocked since.</summary>
    internal async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (!isLoaded)
        {
            foreach (var block in await ReadAsync(cancel))
                lock (gate) blocked.TryAdd(block.Address, block);
            isLoaded = true;
        }
        AddressBlock[] batch;
        lock (gate)
        {
            if (pending.Count == 0) return;
            batch = [.. pending.Where(blocked.ContainsKey).Select(prefix => blocked[prefix])];
            pending.Clear();
        }
        try
        {
            await state.SetAsync(Space, [.. batch.Select(block => new StateEntry(block.Address.ToString(), block.Failures, block.Until.ToUnixTimeSeconds(), Expires: block.Until))], cancel);
        }
        catch
        {
            lock (gate) pending.UnionWith(batch.Select(block => block.Address));
            throw;
        }
    }

    private async ValueTask<List<AddressBlock>> ReadAsync(CancellationToken cancel)
    {
        var blocks = new List<AddressBlock>();
        foreach (var entry in await state.ListAsync(Space, "", null, MaxListed, cancel))
            if (IPAddress.TryParse(entry.Key, out var address)) blocks.Add(new AddressBlock(address, (int)entry.First, DateTimeOffset.FromUnixTimeSeconds(entry.Second)));
        return blocks;
    }

    // What is over; failing that, the oldest quarter: memory stays bounded however many addresses try, and so does the work for it.
    private void Forget()
    {
        foreach (var (prefix, seen) in tries)
            if (time.GetElapsedTime(seen.Since) > options.ForgetFailuresAfter) tries.Remove(prefix);
        if (tries.Count < MaxAddresses) return;
        foreach (var (prefix, _) in tries.OrderBy(pair => pair.Value.Since).Take(MaxAddresses / 4).ToList()) tries.Remove(prefix);
    }
}
