using System.Text.RegularExpressions;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.IntegrationTests.Signatures;

/// <summary>DKIM with Debian's dkimpy and OpenDKIM, each as signer and as verifier.</summary>
public sealed partial class DkimPeerTests : IDisposable
{
    private readonly SignatureLab lab = new();

    public static TheoryData<DkimAlgorithm, string> Forms => new(
        from algorithm in Enum.GetValues<DkimAlgorithm>()
        from form in new[] { "relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple" }
        select (algorithm, form));

    [Fact]
    public async Task Dkimpy_verifies_what_we_sign()
    {
        var files = SignatureLab.Messages.Select((message, i) => lab.Write(i, SignatureLab.Sign(message, SignatureLab.Rsa, SignatureLab.Ed25519))).ToList();
        var lines = await lab.DkimpyAsync("verify", files);
        Assert.Equal(SignatureLab.Messages.Select(_ => "2026a-rsa=pass 2026a-ed25519=pass"), lines);
    }

    [Fact]
    public async Task OpenDKIM_verifies_what_we_sign()
    {
        foreach (var i in ForOpenDkim())
        {
            var file = lab.Write(i, SignatureLab.Sign(SignatureLab.Messages[i], SignatureLab.Rsa, SignatureLab.Ed25519));
            var field = await lab.OpenDkimAsync(file);
            Assert.Equal(["2026a-rsa", "2026a-ed25519"], Passed().Matches(field).Select(match => match.Groups[1].Value));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task We_verify_what_dkimpy_signs(DkimAlgorithm algorithm, string form)
    {
        var key = KeyOf(algorithm);
        var files = SignatureLab.Messages.Select((message, i) => lab.Write(i, message)).ToList();
        await lab.DkimpyAsync("sign", [lab.KeyFile(key), Name(algorithm), key.Selector, key.Domain, form, .. files]);
        foreach (var file in files) await PassesAsync(SignatureLab.Read(file), key);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task We_verify_what_OpenDKIM_signs(DkimAlgorithm algorithm, string form)
    {
        // Neither dkimpy nor OpenDKIM itself verifies what OpenDKIM 2.11 signs so.
        if (algorithm == DkimAlgorithm.Ed25519Sha256 && form.StartsWith("simple/", StringComparison.Ordinal)) return;
        var key = KeyOf(algorithm);
        foreach (var i in ForOpenDkim())
        {
            // A milter is given names and values without the blanks between them, so that "From:ann" is signed as "From: ann".
            if (i == 1 && form.StartsWith("simple/", StringComparison.Ordinal)) continue;
            var file = lab.Write(i, SignatureLab.Messages[i]);
            var output = await lab.OpenDkimAsync(file, $"Domain {key.Domain}", $"KeyFile {lab.KeyFile(key)}", $"Selector {key.Selector}", $"SignatureAlgorithm {Name(algorithm)}", $"Canonicalization {form}");
            var field = output[output.IndexOf("DKIM-Signature:", StringComparison.Ordinal)..].TrimEnd().ReplaceLineEndings("\r\n") + "\r\n";
            await PassesAsync(field + SignatureLab.Messages[i], key);
        }
    }

    [Fact]
    public async Task All_three_find_the_same_changes()
    {
        var signed = SignatureLab.Sign(SignatureLab.Messages[0], SignatureLab.Rsa, SignatureLab.Ed25519);
        string[] changed = [signed.Replace("Hello", "Hallo", StringComparison.Ordinal), "Subject: added\r\n" + signed, signed.Replace("bob@", "eve@", StringComparison.Ordinal)];
        var files = changed.Select((message, i) => lab.Write(i, message)).ToList();
        Assert.Equal(changed.Select(_ => "2026a-rsa=fail 2026a-ed25519=fail"), await lab.DkimpyAsync("verify", files));
        for (var i = 0; i < changed.Length; i++)
        {
            Assert.Empty(Passed().Matches(await lab.OpenDkimAsync(files[i])));
            Assert.All((await lab.VerifyAsync(changed[i])).Dkim, result => Assert.Equal(DkimVerdict.Fail, result.Verdict));
        }
    }

    public void Dispose() => lab.Dispose();

    // A milter never sees a message whose last line does not end.
    private static IEnumerable<int> ForOpenDkim() => Enumerable.Range(0, SignatureLab.Messages.Length).Where(i => SignatureLab.Messages[i].EndsWith("\r\n", StringComparison.Ordinal));

    private async Task PassesAsync(string message, DkimKey key)
    {
        var result = Assert.Single((await lab.VerifyAsync(message)).Dkim);
        Assert.True(result.Verdict == DkimVerdict.Pass, $"{result.Problem}\n{message[..Math.Min(1500, message.Length)]}");
        Assert.Equal((key.Domain, key.Selector), (result.Domain, result.Selector));
    }

    private static DkimKey KeyOf(DkimAlgorithm algorithm) => algorithm == DkimAlgorithm.RsaSha256 ? SignatureLab.Rsa : SignatureLab.Ed25519;

    private static string Name(DkimAlgorithm algorithm) => algorithm == DkimAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256";

    [GeneratedRegex(@"dkim=pass [^;]*header\.s=([\w-]+)", RegexOptions.None, 1000)]
    private static partial Regex Passed();
}
