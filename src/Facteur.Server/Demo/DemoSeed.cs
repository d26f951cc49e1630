using Facteur.Accounts;
using Facteur.Storage;
using StoreDelivery = Facteur.Storage.Delivery;

namespace Facteur.Server.Demo;

/// <summary>Domain, accounts and mail of the demo; what is there already stays as it is.</summary>
internal static class DemoSeed
{
    private const int MessagesOfMoi = 300;
    private const int MessagesOfAmi = 20;

    /// <summary>Adds what is missing; how many messages were put in.</summary>
    public static async Task<int> EnsureAsync(MailStore store, DateTimeOffset now, CancellationToken cancel)
    {
        var accounts = new AccountService(store.Directory, new LoginOptions());
        if (await store.Directory.FindDomainAsync(DemoAccounts.Domain, cancel) is null) await accounts.AddDomainAsync(DemoAccounts.Domain, cancel);
        foreach (var demo in DemoAccounts.All)
            if (await store.Directory.FindAccountAsync(demo.Address, cancel) is null)
                await accounts.AddAccountAsync(demo.Address, demo.Name, demo.Password, cancel);
        return await FillAsync(store, DemoAccounts.Moi, DemoMessages.Generate(now, MessagesOfMoi), cancel)
            + await FillAsync(store, DemoAccounts.Ami, DemoMessages.Generate(now, MessagesOfAmi), cancel);
    }

    /// <summary>All messages or none: a demo that was stopped while it filled starts over.</summary>
    private static async Task<int> FillAsync(MailStore store, DemoAccount demo, IEnumerable<DemoMessage> messages, CancellationToken cancel)
    {
        var account = (await store.Directory.FindAccountAsync(demo.Address, cancel))!;
        var mailboxes = await store.ListMailboxesAsync(account.Id, cancel);
        if (mailboxes.Any(mailbox => mailbox.Messages > 0)) return 0;
        var byName = mailboxes.ToDictionary(mailbox => mailbox.Name, mailbox => mailbox.Id);
        var deliveries = new List<StoreDelivery>();
        try
        {
            foreach (var message in messages)
            {
                var intake = store.BeginMessage(null);
                deliveries.Add(new StoreDelivery(intake, [new DeliveryTarget(byName[message.Mailbox], Flags(message), message.Date)]));
                await using (var stream = new IntakeStream(intake)) await message.WriteAsync(stream, cancel);
                await intake.CompleteAsync(cancel);
            }
            await store.DeliverAsync(deliveries, cancel);
            return deliveries.Count;
        }
        finally
        {
            foreach (var delivery in deliveries) await delivery.Message.DisposeAsync();
        }
    }

    private static FlagSet Flags(DemoMessage message) =>
        new((message.Seen ? MessageFlags.Seen : MessageFlags.None) | (message.Flagged ? MessageFlags.Flagged : MessageFlags.None), []);
}
