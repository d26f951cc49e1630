using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>Counts what comes to disposable addresses, so that their owner sees which are used (<see cref="AccountService.ListDisposablesAsync"/>).</summary>
public sealed class DisposableCounts(StateStore state)
{
    /// <summary>The disposable addresses that these recipients lead to.</summary>
    public static IReadOnlyList<AddressRecord> Of(IReadOnlyList<RoutedRecipient> recipients) =>
        [.. recipients.SelectMany(routed => routed.Local).Select(leaf => leaf.Address).OfType<AddressRecord>().Where(address => address.IsDisposable)];

    /// <summary>Counts a message that was delivered to these.</summary>
    public async ValueTask CountAsync(IReadOnlyList<AddressRecord> delivered, CancellationToken cancel)
    {
        foreach (var address in delivered)
            await state.AddAsync(AccountService.DisposableSpace(address.Account), [new StateChange(address.Address, 1, 0)], cancel);
    }
}
