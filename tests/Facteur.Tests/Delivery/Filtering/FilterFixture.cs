using System.Net;
using System.Text;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Mail;
using Facteur.Net.Dialing;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>An inbound policy over state, settings and DNS in memory, and messages for it.</summary>
internal sealed class FilterFixture : IDisposable
{
    public static readonly FilterRecipient Moi = new("moi@demo.test", new AccountId(1), new DomainId(1));
    public static readonly FilterRecipient Ami = new("ami@demo.test", new AccountId(2), new DomainId(1));

    public FilterFixture(string? site = null)
    {
        State = new MemoryState(Time);
        if (site is not null) Settings.Set(SettingScope.Site, FilterSettings.Document, site);
        Policy = new InboundPolicy(State, Settings, Dns, new GuardedDialer(Dns, new GuardedDialerOptions(), Time), new DeliveryOptions { HostName = "mx.demo.test" }, Time);
    }

    public FakeTime Time { get; } = new();
    public MemoryState State { get; }
    public MemorySettings Settings { get; } = new();
    public ZoneResolver Dns { get; } = new();
    public InboundPolicy Policy { get; }

    /// <summary>A host of the Internet.</summary>
    public const string Stranger = "93.184.216.34";

    public static SmtpPeer Peer(string address = "192.0.2.1", string hello = "mail.example.org", string id = "c1") =>
        new(SmtpMode.Mx, id, new IPEndPoint(IPAddress.Parse(address), 4321), new IPEndPoint(IPAddress.Parse("198.51.100.1"), 25), hello, true, null, null, null);

    public static EnvelopeAddress? Address(string address) =>
        address.Length == 0 ? null : new EnvelopeAddress(address[..address.LastIndexOf('@')], address[(address.LastIndexOf('@') + 1)..]);

    public static SpfResult Spf(SpfVerdict verdict, string domain = "example.org") => new(verdict, domain, false, null, null, null);

    public static DmarcResult Dmarc(DmarcVerdict verdict, DmarcPolicy policy = DmarcPolicy.None, string domain = "example.org") =>
        new(verdict, domain, domain, domain, policy, policy, false, false, null);

    public static FilterInput Input(string message, string sender = "a@example.org", params FilterRecipient[] recipients) =>
        Input(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), sender, recipients);

    public static FilterInput Input(byte[] octets, string sender = "a@example.org", params FilterRecipient[] recipients)
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(octets);
        return new FilterInput
        {
            Peer = Peer(), Transaction = "t-1", Sender = Address(sender), Recipients = recipients.Length == 0 ? [Moi] : recipients,
            Facts = parser.Complete(), Source = new MemorySource(octets),
        };
    }

    public const string Plain = "From: a@example.org\nTo: moi@demo.test\nDate: Sat, 14 Mar 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\nSubject: Bonjour\n\nBonjour,\nà demain.\n";

    public async Task<IReadOnlyList<string>> ReasonsAsync(FilterInput input) => [.. (await Policy.JudgeAsync(input, default)).Reasons.Select(reason => reason.Name)];

    public void Dispose() => Policy.Dispose();
}

internal sealed class MemorySource(byte[] octets) : IMessageSource
{
    public long Length => octets.Length;

    /// <summary>Largest number of octets that one read asked for.</summary>
    public int LargestRead { get; private set; }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        LargestRead = Math.Max(LargestRead, buffer.Length);
        var count = (int)Math.Min(buffer.Length, octets.Length - offset);
        octets.AsMemory((int)offset, count).CopyTo(buffer);
        return new(count);
    }
}
