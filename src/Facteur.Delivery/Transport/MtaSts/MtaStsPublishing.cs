using System.Security.Cryptography;
using System.Text;

namespace Facteur.Delivery.Transport;

/// <summary>
/// Our own policy, for the domains that this server takes mail for (RFC 8461 §3): the text that a web listener gives out under
/// "mta-sts." and the domain, and the TXT record that goes with it.
/// </summary>
public sealed class MtaStsPublishing
{
    /// <summary>The path below https://mta-sts.DOMAIN (RFC 8461 §3.2).</summary>
    public const string Path = "/.well-known/mta-sts.txt";

    /// <summary>Media type of the answer.</summary>
    public const string ContentType = "text/plain; charset=us-ascii";

    private readonly Func<string, CancellationToken, ValueTask<MtaStsPolicy?>> find;

    /// <param name="find">The policy of a domain of ours, A-labels; null for others and for domains that publish none.</param>
    public MtaStsPublishing(Func<string, CancellationToken, ValueTask<MtaStsPolicy?>> find) => this.find = find;

    /// <summary>The body for a request, or null for "not found".</summary>
    /// <param name="host">Host of the request, without port.</param>
    public async ValueTask<string?> AnswerAsync(string host, CancellationToken cancel)
    {
        if (!host.StartsWith("mta-sts.", StringComparison.OrdinalIgnoreCase) || Facteur.Accounts.DomainName.Normalize(host[8..].TrimEnd('.')) is not { } domain) return null;
        return await find(domain, cancel) is { } policy ? MtaStsPolicyText.Write(policy) : null;
    }

    /// <summary>Text of the TXT record at _mta-sts.DOMAIN. The id follows from the policy, so that it changes exactly when the policy does.</summary>
    public static string Record(MtaStsPolicy policy) =>
        $"v=STSv1; id={Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(MtaStsPolicyText.Write(policy))))[..20]};";
}
