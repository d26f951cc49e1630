using Facteur.Delivery.Authentication.Arc;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>How much of a message's signatures is looked at.</summary>
public sealed record SignatureLimits
{
    /// <summary>Octets of a header; what servers accept is far below. A longer one is permerror.</summary>
    public int MaxHeaderOctets { get; init; } = 512 * 1024;

    /// <summary>Fields of a header. Messages that have been around have a hundred or two.</summary>
    public int MaxFields { get; init; } = 2000;

    /// <summary>DKIM-Signatures evaluated, from the top; the rest are passed over. Each may cost a question to the DNS.</summary>
    public int MaxSignatures { get; init; } = 10;

    public static SignatureLimits Default { get; } = new();
}

/// <summary>What the signatures of a message say.</summary>
/// <param name="Dkim">One per DKIM-Signature looked at, top down; empty for an unsigned message.</param>
public sealed record SignatureResults(IReadOnlyList<DkimResult> Dkim, ArcResult Arc);

/// <summary>
/// Checks the DKIM and ARC signatures of a message while it streams by (RFC 6376 §6, RFC 8617 §5.2). Keeps the header, bounded,
/// and of the body only hashes; with no signature in the header the body is not looked at.
/// </summary>
/// <remarks>
/// Takes the octets as they came in, before anything is added or taken away. One object per message; not for two threads at
/// the same time.
/// </remarks>
public sealed class SignatureVerifier(SignatureLimits? limits = null) : IDisposable
{
    // Signatures that are alike further than this were made to be.
    private const int MaxPrefix = 32;

    private readonly SignatureLimits limits = limits ?? SignatureLimits.Default;
    private readonly SignedHeader header = new((limits ?? SignatureLimits.Default).MaxHeaderOctets, (limits ?? SignatureLimits.Default).MaxFields);
    private readonly BodyHashes bodies = new();
    private readonly List<(SignatureField Field, BodyDigest? Body)> signatures = [];
    private ArcChain? chain;
    private bool hasBegun;

    /// <summary>Looks at the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (!hasBegun)
        {
            octets = octets[header.Write(octets)..];
            if (!header.HasEnded) return;
            BeginBody();
        }
        bodies.Write(octets);
    }

    /// <summary>The message has ended: asks for the keys and decides. Nothing of it throws, but for cancellation.</summary>
    public async ValueTask<SignatureResults> CompleteAsync(DnsResolver dns, TimeProvider time, CancellationToken cancel)
    {
        if (!hasBegun)
        {
            header.Complete();
            BeginBody();
        }
        bodies.Complete();
        if (header.IsTooLarge)
        {
            const string Problem = "the header is too large";
            return new([new(DkimVerdict.PermError, "", "", null, "", "", false, Problem)], new(ArcVerdict.Fail, 0, [], null, Problem));
        }
        var keys = new KeyLookups(dns, cancel);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var early = CheckContents(keys, now);
        chain!.Ask(keys, now);
        return new(await CheckKeysAsync(early, keys), await chain.ValidateAsync(header, keys));
    }

    public void Dispose()
    {
        header.Dispose();
        bodies.Dispose();
    }

    private void BeginBody()
    {
        hasBegun = true;
        for (var i = 0; i < header.Fields.Count && signatures.Count < limits.MaxSignatures; i++)
        {
            if (!header.Is(header.Fields[i], "DKIM-Signature"u8)) continue;
            var field = SignatureParser.Parse(SignatureKind.Dkim, header, i);
            signatures.Add((field, field.Tags is { } tags ? bodies.Digest(tags.BodyForm, tags.Length) : null));
        }
        chain = ArcChain.Read(header, bodies);
        bodies.Write(header.BodyBegun);
    }

    // What needs no key; all keys are asked for before the first is waited for.
    private SignatureOutcome?[] CheckContents(KeyLookups keys, long now)
    {
        var outcomes = new SignatureOutcome?[signatures.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var (field, body) = signatures[i];
            outcomes[i] = field.Tags is null ? new(field.Verdict, field.Problem) : SignatureCheck.CheckContent(field.Tags, body, now);
            if (outcomes[i] is null) keys.Ask(field.Tags!.KeyName);
        }
        return outcomes;
    }

    private async ValueTask<DkimResult[]> CheckKeysAsync(SignatureOutcome?[] outcomes, KeyLookups keys)
    {
        var results = new DkimResult[outcomes.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var (field, body) = signatures[i];
            var outcome = outcomes[i] ?? await CheckKeyAsync(field.Tags!, body!, keys);
            results[i] = new(outcome.Verdict, field.Domain, field.Selector, field.Identity, field.Algorithm, Prefix(i), outcome.IsTesting, outcome.Problem);
        }
        return results;
    }

    private async ValueTask<SignatureOutcome> CheckKeyAsync(SignatureTags tags, BodyDigest body, KeyLookups keys)
    {
        var key = await keys.FindAsync(tags.KeyName);
        using var input = new HashInput();
        return SignatureCheck.LimitToWholeBody(SignatureCheck.CheckKey(tags, key, HeaderHash.OfMessage(input, header, tags)), tags, body);
    }

    // RFC 6008 §4: eight characters at least, and as many as tell it from the others.
    private string Prefix(int index)
    {
        var own = signatures[index].Field.EncodedSignature;
        var length = Math.Min(8, own.Length);
        for (var i = 0; i < signatures.Count; i++)
        {
            var other = signatures[i].Field.EncodedSignature;
            if (i == index || other == own) continue;
            var common = own.AsSpan().CommonPrefixLength(other);
            length = Math.Max(length, Math.Min(common + 1, Math.Min(own.Length, MaxPrefix)));
        }
        return own[..length];
    }
}
