using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>A message through the verifier.</summary>
internal static class Verifying
{
    /// <param name="message">Octets as characters of Latin-1.</param>
    /// <param name="step">How many octets at a time; 0 for all.</param>
    public static async Task<SignatureResults> AllAsync(string message, DnsResolver zone, TimeProvider? time = null, int step = 0, SignatureLimits? limits = null)
    {
        using var verifier = new SignatureVerifier(limits);
        var octets = Encoding.Latin1.GetBytes(message);
        for (var at = 0; at < octets.Length; at += step == 0 ? octets.Length : step) verifier.Write(octets.AsSpan(at, step == 0 ? octets.Length : Math.Min(step, octets.Length - at)));
        return await verifier.CompleteAsync(zone, time ?? new FakeTime(), TestContext.Current.CancellationToken);
    }

    /// <summary>The one DKIM result.</summary>
    public static async Task<DkimResult> OneAsync(string message, DnsResolver zone, TimeProvider? time = null, int step = 0) =>
        Assert.Single((await AllAsync(message, zone, time, step)).Dkim);

    /// <summary>Text with the line ends that mail has.</summary>
    public static string Crlf(string text) => text.ReplaceLineEndings("\r\n");

    /// <summary>A file of the corpus, as it would come by SMTP.</summary>
    public static string Corpus(string relative) => Crlf(Encoding.Latin1.GetString(File.ReadAllBytes(SharedMaterial.Require(relative))));
}
