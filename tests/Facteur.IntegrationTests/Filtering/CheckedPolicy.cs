using System.Net;
using System.Text;
using Facteur.Delivery;
using Facteur.Delivery.Filtering;
using Facteur.Mail;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.IntegrationTests.Filtering;

/// <summary>An inbound policy over a store in a folder, without DNS, and messages for it.</summary>
internal sealed class CheckedPolicy : IAsyncDisposable
{
    private readonly EmbeddedStore store;

    private CheckedPolicy(EmbeddedStore store)
    {
        this.store = store;
        var dns = new NoDns();
        Policy = new InboundPolicy(store.State, store.Settings, dns, new GuardedDialer(dns, new GuardedDialerOptions(), TimeProvider.System), new DeliveryOptions { HostName = "mx.demo.test" }, TimeProvider.System);
    }

    public InboundPolicy Policy { get; }

    /// <param name="settings">Document "filters".</param>
    public static async Task<CheckedPolicy> OpenAsync(string folder, string settings)
    {
        var options = new EmbeddedStoreOptions { Folder = Path.Combine(folder, Guid.NewGuid().ToString("N")), SegmentOctets = 1024 * 1024 };
        var store = await EmbeddedStore.OpenAsync(options, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);
        await store.Settings.SetAsync(SettingScope.Site, FilterSettings.Document, Encoding.UTF8.GetBytes(settings), default);
        return new CheckedPolicy(store);
    }

    public ValueTask<FilterVerdict> JudgeAsync(string message)
    {
        var octets = Encoding.Latin1.GetBytes(message);
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(octets);
        var peer = new SmtpPeer(SmtpMode.Mx, "c1", new IPEndPoint(IPAddress.Parse("10.2.2.2"), 4321), new IPEndPoint(IPAddress.Loopback, 25), "mail.example.org", true, null, null, null);
        return Policy.JudgeAsync(new FilterInput
        {
            Peer = peer, Transaction = "t-1", Sender = null, Recipients = [new FilterRecipient("moi@demo.test", new AccountId(1), new DomainId(1))],
            Facts = parser.Complete(), Source = new Octets(octets),
        }, default);
    }

    public async ValueTask DisposeAsync()
    {
        Policy.Dispose();
        await store.DisposeAsync();
    }

    private sealed class NoDns : DnsResolver
    {
        public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel) =>
            new(new DnsAnswer(DnsStatus.NoSuchName, [], false, name, TimeSpan.FromMinutes(1)));
    }

    private sealed class Octets(byte[] octets) : IMessageSource
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            var count = (int)Math.Min(buffer.Length, octets.Length - offset);
            octets.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }
}
