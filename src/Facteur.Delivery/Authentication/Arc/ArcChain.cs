using System.Text;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Delivery.Authentication.Arc;

/// <summary>
/// The ARC sets of a message: their structure when the header has been read, and whether they hold when its body and the keys
/// are there (RFC 8617 §5.2). Every fault, those of the DNS too, is final (§5.2.1).
/// </summary>
/// <remarks>Which older ARC-Message-Signatures still hold ("oldest-pass") is optional, and not worked out.</remarks>
internal sealed class ArcChain
{
    private readonly ArcSet[] sets;
    private readonly BodyDigest? body;
    private string? problem;

    private ArcChain(ArcSet[] sets, BodyDigest? body, string? problem) => (this.sets, this.body, this.problem) = (sets, body, problem);

    /// <summary>Collects the sets, and has the body hashed as the latest signature asks.</summary>
    public static ArcChain Read(SignedHeader header, BodyHashes bodies)
    {
        var sets = ArcSet.Collect(header, out var problem);
        if (sets.Length == 0) return new(sets, null, problem);
        problem ??= ArcSet.Fault(sets);
        if (problem is not null) return new(sets, null, problem);
        var tags = sets[^1].Message!.Tags!;
        return new(sets, bodies.Digest(tags.BodyForm, tags.Length), null);
    }

    /// <summary>The body has ended: looks at it, and asks for all keys.</summary>
    public void Ask(KeyLookups keys, long now)
    {
        if (problem is not null || sets.Length == 0) return;
        var message = sets[^1].Message!.Tags!;
        problem = SignatureCheck.CheckContent(message, body, now)?.Problem;
        if (problem is null && message.Length < body!.BodyOctets) problem = "the body is not wholly signed (l=)";
        if (problem is not null) return;
        keys.Ask(message.KeyName);
        foreach (var set in sets) keys.Ask(set.Seal!.Tags!.KeyName);
    }

    public async ValueTask<ArcResult> ValidateAsync(SignedHeader header, KeyLookups keys)
    {
        if (sets.Length == 0 && problem is null) return new(ArcVerdict.None, 0, [], null, null);
        problem ??= await FindFaultAsync(header, keys);
        var sealers = Array.ConvertAll(sets, set => set.Seal?.Domain ?? "");
        return problem is null
            ? new(ArcVerdict.Pass, sets.Length, sealers, ResultsText(header, sets[0]), null)
            : new(ArcVerdict.Fail, sets.Length, sealers, null, problem);
    }

    // Steps 4 and 6 of RFC 8617 §5.2: the latest message signature, then the seals from the latest to the first.
    private async ValueTask<string?> FindFaultAsync(SignedHeader header, KeyLookups keys)
    {
        using var input = new HashInput();
        var message = sets[^1].Message!.Tags!;
        var outcome = SignatureCheck.CheckKey(message, await keys.FindAsync(message.KeyName), HeaderHash.OfMessage(input, header, message));
        if (outcome.Verdict != DkimVerdict.Pass) return $"ARC-Message-Signature {sets.Length}: {outcome.Problem}";
        for (var i = sets.Length; i > 0; i--)
        {
            var seal = sets[i - 1].Seal!.Tags!;
            outcome = SignatureCheck.CheckKey(seal, await keys.FindAsync(seal.KeyName), SealHash.OfChain(input, header, sets.AsSpan(0, i)));
            if (outcome.Verdict != DkimVerdict.Pass) return $"ARC-Seal {i}: {outcome.Problem}";
        }
        return null;
    }

    private static string ResultsText(SignedHeader header, ArcSet first) =>
        Encoding.UTF8.GetString(header.Body(header.Fields[first.Results])).ReplaceLineEndings("").Trim(' ', '\t');
}
