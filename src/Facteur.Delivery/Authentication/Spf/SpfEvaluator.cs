using System.Globalization;
using System.Net;
using Facteur.Net.Dns;
using Facteur.Net;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>Says whether a host may send for a domain (RFC 7208). Safe for any number of callers; never throws but for cancellation.</summary>
public sealed class SpfEvaluator(DnsResolver dns, TimeProvider time, SpfOptions options)
{
    /// <summary>Checks the MAIL FROM identity, or HELO when there is none (RFC 7208 §2.3, §2.4).</summary>
    /// <param name="client">Address of the SMTP client; an IPv4-mapped one counts as IPv4.</param>
    /// <param name="hello">Argument of HELO or EHLO, as given.</param>
    /// <param name="sender">Reverse-path, local part without quotes; null when it is empty.</param>
    public async ValueTask<SpfResult> CheckAsync(IPAddress client, string hello, (string LocalPart, string Domain)? sender, CancellationToken cancel)
    {
        var isHello = sender is null;
        // RFC 7208 §4.3: no name of several labels, no check.
        if (DnsName.OfMail(sender?.Domain ?? hello) is not { } domain || !domain.Contains('.'))
            return new SpfResult(SpfVerdict.None, "", isHello, null, null, null);
        var localPart = sender is { LocalPart: { Length: > 0 } given } ? given : "postmaster";
        client = client.Unmapped();
        var subject = new SpfSubject(client, localPart, domain, hello, options.ReceiverName, time.GetUtcNow());

        using var late = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        var check = new SpfCheck(dns, options, subject);
        try
        {
            var finding = await check.CheckHostAsync(domain, either.Token);
            if (finding is null) return new SpfResult(SpfVerdict.None, domain, isHello, null, null, null);
            var explanation = finding is { Verdict: SpfVerdict.Fail, Explanation: { } macro } ? await ExplainAsync(check, macro, finding.Domain, either.Token, cancel) : null;
            return new SpfResult(finding.Verdict, domain, isHello, explanation, finding.Mechanism, null);
        }
        catch (SpfErrorException error)
        {
            return new SpfResult(error.Verdict, domain, isHello, null, null, error.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var problem = string.Create(CultureInfo.InvariantCulture, $"no result within {options.Timeout.TotalSeconds:0} s");
            return new SpfResult(SpfVerdict.TempError, domain, isHello, null, null, problem);
        }
    }

    // The verdict stands when its explanation comes too late.
    private static async ValueTask<string?> ExplainAsync(SpfCheck check, SpfMacroString macro, string domain, CancellationToken either, CancellationToken cancel)
    {
        try
        {
            return await check.ExplainAsync(macro, domain, either);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
