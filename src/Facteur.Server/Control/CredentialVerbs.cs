using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over what lets an account in: app passwords, certificates, and the list of all of it.</summary>
internal sealed class CredentialVerbs(AccountService accounts, AppPasswords appPasswords, ClientCertificates certificates, DirectoryStore directory)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("account.app-password.add", AddAppPasswordAsync),
        ("account.app-password.list", ListAppPasswordsAsync),
        ("account.app-password.rm", RemoveAppPasswordAsync),
        ("account.credentials.list", ListAsync),
        ("account.credentials.bind", BindAsync),
        ("account.credentials.unbind", UnbindAsync),
    ];

    private async ValueTask<ControlReply> AddAppPasswordAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var protocols = request.Has("protocols") ? request.List("protocols").Select(Protocol).ToList() : null;
        var networks = request.Has("networks") ? request.List("networks") : null;
        var ends = request.Find("until") is { } until ? DateTimeOffset.Parse(until, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
        var made = await appPasswords.AddAsync(account, request.Require("label"), new AppPasswordLimits(protocols, networks, ends), cancel);
        return ControlReply.Done(new NewAppPasswordView(account.Address, CredentialView.Of(made.Credential), made.Secret));
    }

    private async ValueTask<ControlReply> ListAppPasswordsAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return ControlReply.Done((await appPasswords.ListAsync(account.Id, cancel)).Select(CredentialView.Of).ToList());
    }

    private async ValueTask<ControlReply> RemoveAppPasswordAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var found = Choose(await appPasswords.ListAsync(account.Id, cancel), request.Require("which"), account, "app password", "facteur account app-password list");
        await appPasswords.RemoveAsync(account.Id, found.Id, cancel);
        return ControlReply.Done(CredentialView.Of(found));
    }

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        // The verifier of SCRAM goes with the password, and recovery codes with the second factor.
        return ControlReply.Done((await directory.ListCredentialsAsync(account.Id, cancel))
            .Where(one => one.Kind is not (CredentialKinds.Scram or CredentialKinds.Recovery)).Select(CredentialView.Of).ToList());
    }

    private async ValueTask<ControlReply> BindAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return ControlReply.Done(CredentialView.Of(await certificates.BindAsync(account, request.Require("pem"), request.Find("label") ?? "", cancel)));
    }

    private async ValueTask<ControlReply> UnbindAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var found = Choose(await certificates.ListAsync(account.Id, cancel), request.Require("which"), account, "certificate", "facteur account credentials list");
        await directory.RemoveCredentialAsync(found, cancel);
        return ControlReply.Done(CredentialView.Of(found));
    }

    /// <summary>By number, or by a label that one alone has.</summary>
    private static CredentialRecord Choose(IReadOnlyList<CredentialRecord> all, string which, AccountRecord account, string what, string list)
    {
        if (long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && all.FirstOrDefault(one => one.Id == id) is { } numbered) return numbered;
        var named = all.Where(one => string.Equals(one.Label, which, StringComparison.OrdinalIgnoreCase)).ToList();
        if (named.Count == 1) return named[0];
        throw new AccountRuleException(named.Count > 1
            ? $"{account.Address} has {named.Count} of the name \"{which}\"; give the number: {list} {account.Address}"
            : $"{account.Address} has no {what} \"{which}\"; see: {list} {account.Address}");
    }

    private static MailProtocol Protocol(string name) =>
        Enum.GetValues<MailProtocol>().FirstOrDefault(one => string.Equals(one.ToString(), name, StringComparison.OrdinalIgnoreCase), (MailProtocol)(-1)) is var found and >= 0
            ? found
            : throw new AccountRuleException($"There is no protocol \"{name}\"; there are {string.Join(", ", Enum.GetNames<MailProtocol>().Select(one => one.ToLowerInvariant()))}.");
}

/// <summary>A credential without its secret.</summary>
/// <param name="Protocols">Null: all (of an app password).</param>
internal sealed record CredentialView(
    long Id, string Kind, string Label, DateTimeOffset Created, DateTimeOffset? LastUsed, string? LastUsedFrom,
    IReadOnlyList<string>? Protocols = null, IReadOnlyList<string>? Networks = null, DateTimeOffset? Ends = null, string? Fingerprint = null)
{
    public static CredentialView Of(CredentialRecord credential)
    {
        var view = new CredentialView(credential.Id, credential.Kind, credential.Label, credential.Created, credential.LastUsed, credential.LastUsedFrom);
        if (credential.Kind == CredentialKinds.Certificate) return view with { Fingerprint = credential.Lookup, Ends = ClientCertificates.DetailOf(credential)?.Ends };
        if (credential.Kind != CredentialKinds.AppPassword) return view;
        var limits = AppPasswords.LimitsOf(credential);
        return view with { Protocols = limits.Protocols?.Select(one => one.ToString().ToLowerInvariant()).ToList(), Networks = limits.Networks, Ends = limits.Ends };
    }
}

/// <param name="Password">Shown this once.</param>
internal sealed record NewAppPasswordView(string Address, CredentialView Credential, string Password);
