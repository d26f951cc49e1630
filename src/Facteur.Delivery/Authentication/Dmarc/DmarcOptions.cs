namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>What DMARC is told by the operator.</summary>
public sealed class DmarcOptions
{
    /// <summary>The public suffix list as a file. Default: where Debian's package "publicsuffix" puts it, which is kept up to date there. Empty: none.</summary>
    public string PublicSuffixListPath { get; init; } = "/usr/share/publicsuffix/public_suffix_list.dat";
}
