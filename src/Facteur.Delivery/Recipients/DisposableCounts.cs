using System.Buffers.Binary;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>Counts what comes to disposable addresses, and notes when the last came, so that their owner sees which are used (<see cref="AccountService.ListDisposablesAsync"/>).</summary>
public sealed class DisposableCounts(StateStore state, TimeProvider time)
{
    /// <summary>The disposable addresses that these recipients lead to.</summary>
    public static IReadOnlyList<AddressRecord> Of(IReadOnlyList<RoutedRecipient> recipients) =>
        [.. recipients.SelectMany(routed => routed.Local).Select(leaf => leaf.Address).OfType<AddressRecord>().Where(address => address.IsDisposable)];

    /// <summary>Counts a message that was delivered to these.</summary>
    public async ValueTask CountAsync(IReadOnlyList<AddressRecord> delivered, CancellationToken cancel)
    {
        if (delivered.Count == 0) return;
        var at = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(at, time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var address in delivered)
            await state.AddAsync(AccountService.DisposableSpace(address.Account), [new StateChange(address.Address, 1, 0, at)], cancel);
    }
}
