using System.Text;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Storage;

using Delivery = Facteur.Storage.Delivery;
using Mailbox = Facteur.Storage.Mailbox;

/// <summary>What every engine of the store does. A test ends with the consistency check of the store it used.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    protected static readonly UidRange[] All = [UidRange.All];

    internal FakeTime Time { get; } = new();

    protected MailStore Store { get; private set; } = null!;

    /// <summary>Opens an empty store.</summary>
    protected abstract ValueTask<MailStore> OpenAsync();

    /// <summary>Closes the store and opens what it left.</summary>
    protected abstract ValueTask<MailStore> ReopenAsync();

    protected abstract ValueTask CloseAsync();

    /// <summary>Has the store do its background work now.</summary>
    protected abstract Task PurgeAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Empty(await Store.CheckConsistencyAsync(default));
        }
        finally
        {
            await CloseAsync();
            GC.SuppressFinalize(this);
        }
    }

    protected async Task RestartAsync() => Store = await ReopenAsync();

    protected async Task<AccountRecord> AddAccountAsync(string address = "ada@demo.test", long? quota = null)
    {
        var name = address[(address.IndexOf('@') + 1)..];
        var domain = await Store.Directory.FindDomainAsync(name, default) ?? await Store.Directory.AddDomainAsync(name, default);
        var account = await Store.Directory.AddAccountAsync(domain.Id, address, address, default);
        return quota is null ? account : await Store.Directory.UpdateAccountAsync(account with { QuotaOctets = quota }, default);
    }

    protected async Task<Mailbox> InboxAsync(AccountId account) => (await Store.FindMailboxAsync(account, "INBOX", default))!;

    protected async Task<Mailbox> RefreshAsync(Mailbox mailbox) => (await Store.FindMailboxAsync(mailbox.Account, mailbox.Name, default))!;

    protected static byte[] Message(string subject = "Bonjour", string body = "Un mot.", string? id = null, string? references = null) =>
        Encoding.UTF8.GetBytes(
            $"From: Ada <ada@demo.test>\r\nTo: bob@demo.test\r\nSubject: {subject}\r\nDate: Sat, 14 Mar 2026 10:00:00 +0100\r\n"
            + $"Message-ID: <{id ?? Guid.NewGuid().ToString("N")}@demo.test>\r\n"
            + (references is null ? "" : $"References: {references}\r\n")
            + $"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n");

    protected async Task<MessageIntake> IntakeAsync(byte[] message, int step = int.MaxValue, long? hint = null)
    {
        var intake = Store.BeginMessage(hint);
        for (var at = 0; at < message.Length; at += Math.Min(step, message.Length - at))
            await intake.WriteAsync(message.AsMemory(at, Math.Min(step, message.Length - at)), default);
        await intake.CompleteAsync(default);
        return intake;
    }

    protected DeliveryTarget Target(Mailbox mailbox, MessageFlags flags = default, params string[] keywords) =>
        new(mailbox.Id, new FlagSet(flags, keywords), Time.GetUtcNow());

    protected async Task<StoredEntry> AddAsync(Mailbox mailbox, byte[]? message = null, MessageFlags flags = default, params string[] keywords)
    {
        await using var intake = await IntakeAsync(message ?? Message());
        var receipt = await Store.DeliverAsync([new Delivery(intake, [Target(mailbox, flags, keywords)])], default);
        return Assert.Single(receipt.Entries);
    }

    protected async Task<MailboxSnapshot> LookAsync(MailboxId mailbox)
    {
        using var view = await Store.OpenViewAsync(mailbox, default);
        return await view.RefreshAsync(default);
    }

    protected async Task<List<byte[]>> BodiesAsync(MailboxId mailbox)
    {
        var bodies = new List<byte[]>();
        await using var reader = Store.ReadEmails(mailbox, All, EmailFields.Entry);
        while (await reader.ReadAsync(default)) bodies.Add(await BodyAsync(reader.Body));
        return bodies;
    }

    protected async Task<byte[]> BodyAsync(BodyReference reference, int step = 1 << 16)
    {
        await using var body = (await Store.OpenBodyAsync(reference, default))!;
        var octets = new byte[body.Length];
        for (var at = 0; at < octets.Length;)
        {
            var read = await body.ReadAsync(at, octets.AsMemory(at, Math.Min(step, octets.Length - at)), default);
            Assert.NotEqual(0, read);
            at += read;
        }
        Assert.Equal(0, await body.ReadAsync(octets.Length, new byte[1], default));
        return octets;
    }

    protected static async Task<StoreRefusal> RefusedAsync(Func<Task> verb) => (await Assert.ThrowsAsync<StoreRefusedException>(verb)).Reason;

    protected static UidRange[] Uids(params Uid[] uids) => [.. uids.Select(uid => new UidRange(uid.Value, uid.Value))];
}
