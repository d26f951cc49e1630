using System.Net;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>What the checks of one domain share.</summary>
/// <param name="Fetch">Fetches the MTA-STS policy that the world sees; null where nothing may be fetched.</param>
/// <param name="IsPublic">Whether an address can be reached from outside.</param>
internal sealed record DomainCheckContext(DomainSetup Setup, DnsResolver Dns, SpfEvaluator Spf, PolicyFetch? Fetch, Func<IPAddress, bool> IsPublic);

/// <summary>Fetches a policy text; the problem in words when it cannot.</summary>
public delegate ValueTask<(string? Text, string? Problem)> PolicyFetch(Uri uri, CancellationToken cancel);

/// <summary>Compares what DNS says of a domain with what it should say, record by record.</summary>
public sealed class DomainCheck(DnsResolver dns, SpfEvaluator spf, PolicyFetch? fetch)
{
    /// <summary>Whether an address can be reached from outside; tests in a closed network say otherwise.</summary>
    public Func<IPAddress, bool> IsPublic { get; init; } = PublicAddresses.Contains;

    /// <summary>One finding for each record, in the order of <see cref="DomainRecords.For"/>, each as soon as it is known.</summary>
    public async IAsyncEnumerable<DomainFinding> RunAsync(DomainSetup setup, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var context = new DomainCheckContext(setup, dns, spf, fetch, IsPublic);
        // All at once: most of the time is spent waiting for other people's servers.
        var checks = DomainRecords.For(setup).Select(record => CheckAsync(context, record, cancel).AsTask()).ToList();
        foreach (var check in checks) yield return await check;
    }

    private static ValueTask<DomainFinding> CheckAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel) => record.Purpose switch
    {
        RecordPurpose.Mx => MailHostCheck.MxAsync(context, record, cancel),
        RecordPurpose.HostAddress => MailHostCheck.AddressAsync(context, record, cancel),
        RecordPurpose.Reverse => MailHostCheck.ReverseAsync(context, record, cancel),
        RecordPurpose.Spf or RecordPurpose.SpfHost => AuthenticationCheck.SpfAsync(context, record, cancel),
        RecordPurpose.Dkim => AuthenticationCheck.DkimAsync(context, record, cancel),
        RecordPurpose.Dmarc => AuthenticationCheck.DmarcAsync(context, record, cancel),
        RecordPurpose.TlsReports => TransportCheck.ReportsAsync(context, record, cancel),
        RecordPurpose.MtaStsPointer => TransportCheck.PointerAsync(context, record, cancel),
        RecordPurpose.Dane => TransportCheck.DaneAsync(context, record, cancel),
        RecordPurpose.MtaStsHost or RecordPurpose.ServiceHost => ServiceCheck.HostAsync(context, record, cancel),
        RecordPurpose.Caa => ServiceCheck.AuthorityAsync(context, record, cancel),
        _ => ServiceCheck.ServiceAsync(context, record, cancel),
    };
}
