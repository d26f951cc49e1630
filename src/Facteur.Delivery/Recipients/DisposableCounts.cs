using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>Counts what comes to disposable addresses, so that their owner sees which are used (<see cref="AccountService.ListDisposablesAsync"/>).</summary>
public sealed class DisposableCounts(StateStore state)
{
    /// <summary>Counts a message that was delivered to these.</summary>
    public async ValueTask CountAsync(IReadOnlyList<LocalLeaf> delivered, CancellationToken cancel)
    {
        foreach (var leaf in delivered)
            if (leaf.Address is { IsDisposable: true } address)
                await state.AddAsync(AccountService.DisposableSpace(address.Account), [new StateChange(address.Address, 1, 0)], cancel);
    }
}
