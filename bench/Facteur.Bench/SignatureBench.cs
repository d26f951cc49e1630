using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Authentication.Ed25519;
using Facteur.Net.Dns;

namespace Facteur.Bench;

/// <summary>What signatures cost a message. Bodies have 8 MB and come in pieces of 16 KiB, as from a socket; hashing alone is the measure.</summary>
[MemoryDiagnoser]
public class SignatureBench
{
    private const int Piece = 16 * 1024;

    private readonly byte[] attachment = Body("JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFIvRmlsdGVyIC9GbGF0ZURlY29kZ");
    private readonly byte[] prose = Body("The quick brown fox jumps over the lazy dog, again and again and again.");
    private readonly byte[] indented = Body("        <td  class=\"a\">\t<p>text</p> </td> ");
    private readonly byte[] seed = new byte[32];
    private readonly byte[] hash = new byte[32];
    private readonly FixedDns dns;
    private readonly DkimSigningKey rsa;
    private readonly DkimSigningKey ed25519;
    private readonly byte[] publicKey;
    private readonly byte[] signature;
    private readonly byte[] message;
    private readonly byte[] signedRsa;
    private readonly byte[] signedEd25519;

    public SignatureBench()
    {
        var rsaKey = DkimKey.Generate("example.org", "r", DkimAlgorithm.RsaSha256);
        var ed25519Key = DkimKey.Generate("example.org", "e", DkimAlgorithm.Ed25519Sha256);
        dns = new(rsaKey, ed25519Key);
        rsa = DkimSigningKey.Load(rsaKey);
        ed25519 = DkimSigningKey.Load(ed25519Key);
        publicKey = Ed25519Dsa.PublicKey(seed);
        signature = Ed25519Dsa.Sign(seed, publicKey, hash);
        message = [.. "From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: Lunch\r\nDate: Sat, 14 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\n\r\n"u8, .. prose.AsSpan(0, 8192)];
        signedRsa = [.. Sign(rsa), .. message];
        signedEd25519 = [.. Sign(ed25519), .. message];
    }

    [Benchmark(Baseline = true)]
    public byte[] Sha256Alone() => SHA256.HashData(attachment);

    [Benchmark]
    public long RelaxedAttachment8MB() => Canonical(Canonicalization.Relaxed, attachment);

    [Benchmark]
    public long RelaxedProse8MB() => Canonical(Canonicalization.Relaxed, prose);

    [Benchmark]
    public long RelaxedIndented8MB() => Canonical(Canonicalization.Relaxed, indented);

    [Benchmark]
    public long SimpleProse8MB() => Canonical(Canonicalization.Simple, prose);

    [Benchmark]
    public byte[] Ed25519Sign() => Ed25519Dsa.Sign(seed, publicKey, hash);

    [Benchmark]
    public bool Ed25519Verify() => Ed25519Dsa.Verify(publicKey, hash, signature);

    [Benchmark]
    public bool RsaKeyRead() => VerificationKey.Create("rsa", rsa.PublicKey, out _) is not null;

    [Benchmark]
    public byte[] SignMessageRsa2048() => Sign(rsa);

    [Benchmark]
    public byte[] SignMessageEd25519() => Sign(ed25519);

    [Benchmark]
    public DkimVerdict VerifyMessageRsa2048() => Verify(signedRsa);

    [Benchmark]
    public DkimVerdict VerifyMessageEd25519() => Verify(signedEd25519);

    [Benchmark]
    public int UnsignedMessage() => VerifyAll(message).Dkim.Count;

    private static byte[] Body(string line) => Encoding.ASCII.GetBytes(new StringBuilder().Insert(0, line + "\r\n", 8_000_000 / (line.Length + 2)).ToString());

    private static long Canonical(Canonicalization form, byte[] body)
    {
        using var hashes = new BodyHashes();
        var digest = hashes.Digest(form, null);
        for (var at = 0; at < body.Length; at += Piece) hashes.Write(body.AsSpan(at, Math.Min(Piece, body.Length - at)));
        hashes.Complete();
        return digest.BodyOctets;
    }

    private byte[] Sign(DkimSigningKey key)
    {
        using var signer = new DkimSigner([key]);
        signer.Write(message);
        var output = new ArrayBufferWriter<byte>(1024);
        signer.Complete(output, TimeProvider.System.GetUtcNow());
        return output.WrittenSpan.ToArray();
    }

    private DkimVerdict Verify(byte[] signed) => VerifyAll(signed).Dkim[0] is { Verdict: DkimVerdict.Pass } result ? result.Verdict : throw new InvalidOperationException("the signature does not pass");

    private SignatureResults VerifyAll(byte[] signed)
    {
        using var verifier = new SignatureVerifier();
        verifier.Write(signed);
        return verifier.CompleteAsync(dns, TimeProvider.System, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    private sealed class FixedDns(params DkimKey[] keys) : DnsResolver
    {
        private readonly Dictionary<string, DnsAnswer> answers = keys.ToDictionary(key => key.RecordName, key =>
            new DnsAnswer(DnsStatus.Success, [new TxtRecordData(DkimRecord.Text(key))], false, key.RecordName, TimeSpan.FromHours(1)));

        public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel) => new(answers[name]);
    }
}
