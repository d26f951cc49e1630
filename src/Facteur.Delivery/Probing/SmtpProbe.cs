using Facteur.Delivery.Transport;
using Facteur.Mail;
using Facteur.Net.Dialing;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>
/// Talks to other mail hosts as delivery and mail programs do, step by step, and says of each what was found, how long it took and, where
/// the way ends, why and what to do. Nothing is sent but by <see cref="SendAsync"/>; only cancellation throws.
/// </summary>
public sealed class SmtpProbe(ProbeServices services)
{
    /// <summary>The mail exchangers of a domain (or a host, or an address literal), up to sessions that are ready for mail.</summary>
    public ValueTask<ProbeReport> MailExchangersAsync(string domain, CancellationToken cancel) => new MailExchangerProbe(services).RunAsync(domain, cancel);

    /// <summary>A host that mail is submitted to, up to the login when there is one.</summary>
    public ValueTask<ProbeReport> SubmissionAsync(ProbeTarget target, CancellationToken cancel) => RunAsync(target, null, "en", cancel);

    /// <summary>The same, and sends a message.</summary>
    /// <param name="locale">Language of the message: "fr" or "en".</param>
    public ValueTask<ProbeReport> SendAsync(ProbeTarget target, ProbeMessage message, string locale, CancellationToken cancel) => RunAsync(target, message, locale, cancel);

    private async ValueTask<ProbeReport> RunAsync(ProbeTarget target, ProbeMessage? message, string locale, CancellationToken cancel)
    {
        var (lookup, found) = await HostProbe.FindAsync(services, target.Host, cancel);
        var steps = new List<ProbeStep> { found };
        if (lookup.Addresses.Count > 0)
        {
            var isVerified = target.Tls is TlsUse.Required or TlsUse.Implicit;
            var name = target.Host.Trim('[', ']');
            var policy = new TransportPolicy { Level = isVerified ? TransportLevel.VerifiedByName : TransportLevel.Opportunistic, ServerName = name, Names = [name] };
            var plan = new ProbePlan(target.Host, target.Port, target.Tls, policy, DialPurpose.SmartHost) { Credentials = target.Credentials, IsLmtp = target.IsLmtp };
            await new HostProbe(services, plan, steps).RunAsync(lookup.Addresses, message, one => Write(one, locale), cancel);
        }
        return new ProbeReport([new ProbeSection(target.Host, steps)]);
    }

    private OutgoingContent Write(ProbeMessage message, string locale)
    {
        var language = System.Globalization.CultureInfo.GetCultureInfo(locale);
        var now = services.Time.GetUtcNow();
        var octets = new MessageBuilder
        {
            Date = now,
            Subject = message.Subject ?? ProbeText.Of(new ProbeWords("TestSubject", services.HostName), language),
            MessageId = $"{now.ToUnixTimeMilliseconds()}.test.{Guid.NewGuid():N}@{services.HostName}",
        }
            .From(message.Sender)
            .To(message.Recipient)
            .Header("Auto-Submitted", "auto-generated") // RFC 3834 §5
            .Text(ProbeText.Of(new ProbeWords("TestText", services.HostName), language))
            .ToArray();
        return new OutgoingContent(octets, NoMessage.Instance);
    }

    /// <summary>The message is all in what stands in front.</summary>
    private sealed class NoMessage : IMessageSource
    {
        public static readonly NoMessage Instance = new();
        public long Length => 0;
        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel) => new(0);
    }
}
