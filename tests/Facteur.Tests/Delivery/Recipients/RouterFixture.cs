using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Recipients;

/// <summary>A store with exemple.fr (claire, jean, zoé) and the router over it, at a clock that stands.</summary>
internal sealed class RouterFixture : IAsyncDisposable
{
    private readonly string folder;

    private RouterFixture(MailStore store, string folder)
    {
        (Store, this.folder) = (store, folder);
        Administration = new AccountService(store, new LoginOptions { HashIterations = 10 }, Time);
        Directory = new RecipientDirectory(store.Directory, store.Settings);
        Secrets = new SiteSecrets(store.Settings);
        Rewriting = new SenderRewriting(Secrets, store.State, Time);
        Router = new RecipientRouter(Directory, new AccountSettings(store.Settings), Rewriting, new DeliveryOptions { HostName = "mail.exemple.fr" });
    }

    // From now on: the store, whose clock is the machine's, forgets what has expired.
    public FakeTime Time { get; } = new(TimeProvider.System.GetUtcNow());
    public MailStore Store { get; }
    public AccountService Administration { get; }
    public RecipientDirectory Directory { get; }
    public SiteSecrets Secrets { get; }
    public SenderRewriting Rewriting { get; }
    public RecipientRouter Router { get; }

    public static async Task<RouterFixture> CreateAsync()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("facteur-router-").FullName;
        var store = await TestStore.OpenAsync(folder, TimeProvider.System);
        var fixture = new RouterFixture(store, folder);
        await fixture.Administration.AddDomainAsync("exemple.fr", default);
        foreach (var name in (string[])["claire", "jean", "zoé"]) await fixture.Administration.AddAccountAsync($"{name}@exemple.fr", name, "soleil-42-papier", default);
        return fixture;
    }

    public ValueTask<AccountRecord> AccountAsync(string address) => Administration.GetAccountAsync(address, default);

    public async Task<RoutedRecipient> RouteAsync(string address, string sender = "marie@example.net", DsnNotify notify = DsnNotify.Unstated) =>
        await Router.RouteAsync(new EnvelopeRecipient(Address(address), notify, null), sender, TestContext.Current.CancellationToken);

    /// <summary>Where an address leads, as a line: accounts by local part, then addresses elsewhere; or the refusal.</summary>
    public async Task<string> LeadsToAsync(string address, string sender = "marie@example.net")
    {
        var routed = await RouteAsync(address, sender);
        if (routed.Refusal is { } refusal) return refusal.ToString();
        return string.Join(' ', routed.Local.Select(Leaf).Concat(routed.Remote.Select(leaf => (routed.IsForeign ? "foreign:" : "") + leaf.Address)));

        static string Leaf(LocalLeaf leaf) =>
            leaf.Account.Address.Split('@')[0] + (leaf.Detail is null ? "" : $"+{leaf.Detail}") + (leaf.Keep == ForwardKeep.Keep ? "" : $"({leaf.Keep})");
    }

    public static EnvelopeAddress Address(string address)
    {
        var at = address.LastIndexOf('@');
        return at < 0 ? new EnvelopeAddress(address, "") : new EnvelopeAddress(address[..at].Trim('"'), address[(at + 1)..]);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
