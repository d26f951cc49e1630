using System.Buffers;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Arc;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.IntegrationTests.Signatures;

/// <summary>ARC chains that we and dkimpy make together, hop by hop.</summary>
public sealed class ArcPeerTests : IDisposable
{
    private const string Service = "mx.example.org";

    private readonly SignatureLab lab = new();

    [Theory]
    [InlineData("ours, ours, ours")]
    [InlineData("dkimpy, dkimpy, dkimpy")]
    [InlineData("ours, dkimpy, ours, dkimpy")]
    [InlineData("dkimpy, ours, dkimpy, ours")]
    public async Task Chains_hold_for_both(string hops)
    {
        foreach (var i in new[] { 1, 5 })
        {
            var message = SignatureLab.Messages[i];
            var count = 0;
            foreach (var hop in hops.Split(", "))
            {
                var arrived = $"Authentication-Results: {Service}; arc={(count == 0 ? "none" : "pass")}; spf=pass smtp.mailfrom=example.net\r\n" + WithoutResults(message);
                message = hop == "ours" ? Seal(arrived) : await SealByDkimpyAsync(i, arrived);
                count++;
                var result = (await lab.VerifyAsync(message)).Arc;
                Assert.Equal((ArcVerdict.Pass, count, null), (result.Verdict, result.Instances, result.Problem));
            }
            Assert.Equal(["pass"], await lab.DkimpyAsync("arc", lab.Write(i, message)));
        }
    }

    [Fact]
    public async Task Both_find_a_chain_broken()
    {
        var message = Seal($"Authentication-Results: {Service}; arc=none\r\n" + SignatureLab.Messages[0]).Replace("Hello", "Hallo", StringComparison.Ordinal);
        Assert.StartsWith("fail", Assert.Single(await lab.DkimpyAsync("arc", lab.Write(0, message))), StringComparison.Ordinal);
        Assert.Equal(ArcVerdict.Fail, (await lab.VerifyAsync(message)).Arc.Verdict);
    }

    public void Dispose() => lab.Dispose();

    // Each hop drops what claims to be its own.
    private static string WithoutResults(string message) =>
        string.Join("\r\n", message.Split("\r\n").Where(line => !line.StartsWith("Authentication-Results:", StringComparison.Ordinal)));

    private static string Seal(string message)
    {
        using var key = DkimSigningKey.Load(SignatureLab.Rsa);
        using var sealer = new ArcSealer(key, Service);
        sealer.Write(Encoding.Latin1.GetBytes(message));
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ArcSealing.Sealed, sealer.Complete(output, TimeProvider.System.GetUtcNow()));
        return Encoding.Latin1.GetString(output.WrittenSpan) + message;
    }

    private async Task<string> SealByDkimpyAsync(int number, string message)
    {
        var file = lab.Write(number, message);
        await lab.DkimpyAsync("seal", lab.KeyFile(SignatureLab.Rsa), SignatureLab.Rsa.Selector, SignatureLab.Rsa.Domain, Service, file);
        return SignatureLab.Read(file);
    }
}
