using System.Diagnostics;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>Messages, keys and results that somebody has broken on purpose: no exception, bounded time (S-31).</summary>
public sealed class HostileInputTests
{
    private static readonly string[] splinters = ["\r\n", "\r\n ", "\n", "\r", ";", "=", ":", "b=", "h=", "ARC-Seal: i=1;", "DKIM-Signature:", "\0", "é", "\"", "(", "\\", "l=0;", "i=50;", "\t", "v=1;", "from:"];

    [Fact]
    public async Task No_mutation_of_signed_mail_brings_an_exception_or_a_pass()
    {
        var seeds = new List<string> { DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), SignTests.Sign(VerifyTests.Message, 0, SignedKey) };
        if (SharedMaterial.Folder is not null) seeds.Add(Arc.ArcSuite.Load("arc-draft-validation-tests.yml")!.Cases["cv_pass_i3_1"].Message);
        var zone = DkimModel.Zone().Txt(SignedKey.RecordName, DkimRecord.Text(SignedKey));
        var random = new Random(11);
        for (var n = 0; n < 1500; n++)
        {
            var seed = seeds[random.Next(seeds.Count)];
            var mutated = Mutate(seed, random);
            var results = await Verifying.AllAsync(mutated, zone, step: random.Next(3) * 40);
            Assert.InRange(results.Dkim.Count, 0, 10);
            // What passes says what was signed: the part that h= and the body cover is as it was.
            foreach (var result in results.Dkim.Where(result => result.Verdict == DkimVerdict.Pass))
                Assert.Contains("lunch?", DkimModel.RelaxedBody(mutated), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_mutation_of_a_key_or_a_result_brings_an_exception()
    {
        var random = new Random(12);
        for (var n = 0; n < 3000; n++)
        {
            KeyRecord.Parse(Mutate($"v=DKIM1; h=sha256; k=rsa; t=y:s; p={DkimModel.RsaPublic}", random), out _);
            var body = Encoding.Latin1.GetBytes(Mutate(" (x) mx.example.org 1; spf=pass (a) reason=\"b\\\" c\" smtp.mailfrom=x; dkim=fail", random));
            ForgedFieldFilter.IsForged(body, "mx.example.org");
            AuthenticationResultsReader.Read(body, "mx.example.org");
            Facteur.Delivery.Authentication.Arc.ArcInstance.OfResults(body);
        }
    }

    // Each is far above anything that mail brings and far below what the time limit of a session could bear.
    [Theory]
    [InlineData("names")]
    [InlineData("signatures")]
    [InlineData("tags")]
    [InlineData("comments")]
    [InlineData("fields")]
    public async Task Work_is_bounded(string kind)
    {
        var fill = kind switch
        {
            "names" => DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags.Replace("h=from", "h=from:" + string.Join(":\r\n ", Enumerable.Repeat("x-never:from", 490)), StringComparison.Ordinal)),
            "signatures" => string.Concat(Enumerable.Repeat("DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=r; h=from; bh=; b=\r\n", 1500)),
            "tags" => $"DKIM-Signature: {string.Concat(Enumerable.Range(0, 40_000).Select(i => $"t{i}=x;"))}\r\n",
            "comments" => $"ARC-Authentication-Results: {new string('(', 200_000)}\r\n",
            _ => string.Concat(Enumerable.Repeat("X-Never: x\r\n", 1900)),
        };
        var clock = Stopwatch.StartNew();
        await Verifying.AllAsync(fill + DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), DkimModel.Zone(), step: 4096);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, ProcessorTime.Endless);
    }

    private static DkimKey SignedKey { get; } = DkimKey.Generate("example.org", "2026a-ed25519", DkimAlgorithm.Ed25519Sha256);

    private static string Mutate(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(result.Length);
            switch (random.Next(4))
            {
                case 0: result.Insert(at, splinters[random.Next(splinters.Length)]); break;
                case 1: result.Remove(at, Math.Min(random.Next(1, 30), result.Length - at)); break;
                case 2: result[at] = (char)random.Next(256); break;
                default: result.Insert(random.Next(result.Length), result.ToString(at, Math.Min(random.Next(1, 200), result.Length - at))); break;
            }
            if (result.Length == 0) result.Append(' ');
        }
        return result.ToString();
    }
}
