using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>What a probe works with.</summary>
/// <param name="Dial">Opens a connection; which addresses it may reach is its business.</param>
/// <param name="Fetch">Fetches MTA-STS policies; null leaves them out.</param>
/// <param name="HostName">Our name in EHLO.</param>
public sealed record ProbeServices(DnsResolver Resolver, MailDial Dial, DocumentFetch? Fetch, string HostName, TimeProvider Time)
{
    /// <summary>Port of mail exchangers.</summary>
    public int MxPort { get; init; } = 25;

    /// <summary>Authorities trusted beside the system's.</summary>
    public X509Certificate2Collection? ExtraRoots { get; init; }

    /// <summary>How long one answer is waited for. A minute: somebody sits before it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    // Without chunks: the conversation is to be one that can be repeated by hand.
    internal SmtpClientOptions Client => new()
    {
        HostName = HostName,
        GreetingTimeout = Patience,
        CommandTimeout = Patience,
        HandshakeTimeout = Patience,
        DataTimeout = Patience,
        BlockTimeout = Patience,
        ContentEndTimeout = Patience * 5,
        UseChunking = false,
    };
}

/// <summary>A host to be talked to.</summary>
/// <param name="Tls">Required and Implicit: verified, or the probe ends there.</param>
public sealed record ProbeTarget(string Host, int Port, TlsUse Tls)
{
    public SmtpCredentials? Credentials { get; init; }
    public bool IsLmtp { get; init; }
}

/// <summary>A message to be sent.</summary>
/// <param name="Subject">Null for one that says it is a test.</param>
public sealed record ProbeMessage(string Sender, string Recipient, string? Subject);
