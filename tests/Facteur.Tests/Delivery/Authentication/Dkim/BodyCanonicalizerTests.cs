using System.Security.Cryptography;
using System.Text;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>Body canonicalisation while streaming, held to the plain model.</summary>
public sealed class BodyCanonicalizerTests
{
    // RFC 6376 §3.4.5, and what lies at the ends.
    [Theory]
    [InlineData(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n")]
    [InlineData("", "", "\r\n")]
    [InlineData("\r\n", "", "\r\n")]
    [InlineData("\r\n\r\n\r\n", "", "\r\n")]
    [InlineData(" \t\r\n \r\n", "", " \t\r\n \r\n")]
    [InlineData("a", "a\r\n", "a\r\n")]
    [InlineData("a ", "a\r\n", "a \r\n")]
    [InlineData("a\r\n\r\n b", "a\r\n\r\n b\r\n", "a\r\n\r\n b\r\n")]
    [InlineData("\r\n\r\na\r\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n")]
    [InlineData("a \rb\r\n", "a \rb\r\n", "a \rb\r\n")]
    [InlineData("a \nb \n\r\n", "a \nb \n\r\n", "a \nb \n\r\n")]
    [InlineData("a\r\r\n", "a\r\r\n", "a\r\r\n")]
    [InlineData("a\r", "a\r\r\n", "a\r\r\n")]
    public void The_canonical_forms_are_those_of_the_RFC(string body, string relaxed, string simple)
    {
        Assert.Equal(Hash(relaxed), Canonical(Canonicalization.Relaxed, body, 0).Hash);
        Assert.Equal(Hash(simple), Canonical(Canonicalization.Simple, body, 0).Hash);
        Assert.Equal(relaxed, DkimModel.RelaxedBody(body));
        Assert.Equal(simple, DkimModel.SimpleBody(body));
    }

    // RFC 6376 §3.4.3, §3.4.4.
    [Fact]
    public void The_hashes_of_an_empty_body_are_those_of_the_RFC()
    {
        Assert.Equal("frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=", Canonical(Canonicalization.Simple, "", 0).Hash);
        Assert.Equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", Canonical(Canonicalization.Relaxed, "", 0).Hash);
    }

    [Fact]
    public void Any_body_cut_anywhere_is_what_the_model_says()
    {
        var random = new Random(7);
        string[] pieces = ["a", "bc", " ", "  ", "\t", " \t", "\r\n", "\r\n\r\n", "\r", "\n", "word", " \r\n", "é", new string('x', 3000)];
        for (var n = 0; n < 800; n++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var step = random.Next(3) == 0 ? 0 : random.Next(1, 5);
            var relaxed = DkimModel.RelaxedBody(body);
            var simple = DkimModel.SimpleBody(body);
            Assert.Equal((Hash(relaxed), relaxed.Length), Canonical(Canonicalization.Relaxed, body, step));
            Assert.Equal((Hash(simple), simple.Length), Canonical(Canonicalization.Simple, body, step));
        }
    }

    [Fact]
    public void A_length_cuts_the_canonical_body()
    {
        const string body = "one  two\r\nthree \r\n\r\n";
        for (var length = 0; length <= 16; length++)
        {
            using var hashes = new BodyHashes();
            var limited = hashes.Digest(Canonicalization.Relaxed, length);
            var whole = hashes.Digest(Canonicalization.Relaxed, null);
            Assert.Same(limited, hashes.Digest(Canonicalization.Relaxed, length));
            hashes.Write(Encoding.Latin1.GetBytes(body));
            hashes.Complete();
            Assert.Equal(Hash("one two\r\nthree\r\n"[..length]), Convert.ToBase64String(limited.Hash));
            Assert.Equal(Hash("one two\r\nthree\r\n"), Convert.ToBase64String(whole.Hash));
        }
    }

    [Fact]
    public void Empty_lines_without_end_take_no_memory()
    {
        using var hashes = new BodyHashes();
        var digest = hashes.Digest(Canonicalization.Relaxed, null);
        hashes.Write("a"u8);
        var lines = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(" \r\n", 20_000)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) hashes.Write(lines);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        hashes.Complete();
        Assert.Equal(Hash("a\r\n"), Convert.ToBase64String(digest.Hash));
    }

    private static (string Hash, int Octets) Canonical(Canonicalization form, string body, int step)
    {
        using var hashes = new BodyHashes();
        var digest = hashes.Digest(form, null);
        var octets = Encoding.Latin1.GetBytes(body);
        if (step == 0) hashes.Write(octets);
        else
            for (var at = 0; at < octets.Length; at += step) hashes.Write(octets.AsSpan(at, Math.Min(step, octets.Length - at)));
        hashes.Complete();
        return (Convert.ToBase64String(digest.Hash), (int)digest.BodyOctets);
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(text)));
}
