using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over addresses beside the primary ones: aliases, further addresses of accounts, disposable ones.</summary>
internal sealed class AddressVerbs(AccountService accounts)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("alias.add", AddAliasAsync),
        ("alias.list", ListAliasesAsync),
        ("alias.set", SetAliasAsync),
        ("alias.enable", (request, cancel) => SetAliasEnabledAsync(request, true, cancel)),
        ("alias.disable", (request, cancel) => SetAliasEnabledAsync(request, false, cancel)),
        ("alias.rm", RemoveAliasAsync),
        ("address.list", ListAddressesAsync),
        ("address.add", AddAddressAsync),
        ("address.disposable", AddDisposableAsync),
        ("address.on", (request, cancel) => SetAddressEnabledAsync(request, true, cancel)),
        ("address.off", (request, cancel) => SetAddressEnabledAsync(request, false, cancel)),
        ("address.rm", RemoveAddressAsync),
    ];

    private async ValueTask<ControlReply> AddAliasAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done(AliasView.Of(await accounts.AddAliasAsync(request.Require("address"), request.List("targets"), request.Find("label"), cancel)));

    private async ValueTask<ControlReply> ListAliasesAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done((await accounts.ListAliasesAsync(request.Find("domain"), cancel)).Select(AliasView.Of).ToList());

    private async ValueTask<ControlReply> SetAliasAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done(AliasView.Of(await accounts.SetAliasTargetsAsync(request.Require("address"), request.List("targets"), cancel)));

    private async ValueTask<ControlReply> SetAliasEnabledAsync(ControlRequest request, bool enabled, CancellationToken cancel) =>
        ControlReply.Done(AliasView.Of(await accounts.SetAliasEnabledAsync(request.Require("address"), enabled, cancel)));

    private async ValueTask<ControlReply> RemoveAliasAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveAliasAsync(request.Require("address"), cancel);
        return ControlReply.Done(new { address = request.Require("address") });
    }

    private async ValueTask<ControlReply> ListAddressesAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        var counts = (await accounts.ListDisposablesAsync(account.Address, cancel)).ToDictionary(one => one.Address.Address, one => one.Messages, StringComparer.Ordinal);
        var addresses = await accounts.ListAddressesAsync(account.Id, cancel);
        return ControlReply.Done(addresses.Select(address => AddressView.Of(address, account, counts)).ToList());
    }

    private async ValueTask<ControlReply> AddAddressAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        return ControlReply.Done(AddressView.Of(await accounts.AddAddressAsync(account.Address, request.Require("address"), request.Find("label"), cancel), account));
    }

    private async ValueTask<ControlReply> AddDisposableAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        return ControlReply.Done(AddressView.Of(await accounts.AddDisposableAsync(account.Address, request.Find("address"), request.Find("label"), cancel), account));
    }

    private async ValueTask<ControlReply> SetAddressEnabledAsync(ControlRequest request, bool enabled, CancellationToken cancel)
    {
        var address = await accounts.SetAddressEnabledAsync(request.Require("address"), enabled, cancel);
        return ControlReply.Done(new { address = address.Address, enabled = address.Enabled });
    }

    private async ValueTask<ControlReply> RemoveAddressAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveAddressAsync(request.Require("address"), cancel);
        return ControlReply.Done(new { address = request.Require("address") });
    }
}

/// <summary>An alias as verbs show it.</summary>
internal sealed record AliasView(string Address, IReadOnlyList<string> Targets, string Label, bool Enabled)
{
    public static AliasView Of(AliasRecord alias) => new(alias.Address, alias.Targets, alias.Label, alias.Enabled);
}

/// <summary>An address of an account as verbs show it.</summary>
/// <param name="Kind">"primary", "further" or "disposable".</param>
/// <param name="Messages">What came through a disposable one; else null.</param>
internal sealed record AddressView(string Address, string Account, string Kind, string Label, bool Enabled, long? Messages)
{
    public static AddressView Of(AddressRecord address, AccountRecord account, Dictionary<string, long>? counts = null) => new(
        address.Address, account.Address, address.IsDisposable ? "disposable" : address.Address == account.Address ? "primary" : "further",
        address.Label, address.Enabled, address.IsDisposable ? counts?.GetValueOrDefault(address.Address) ?? 0 : null);
}
