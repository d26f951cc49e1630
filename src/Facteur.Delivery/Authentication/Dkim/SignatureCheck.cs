namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>What became of a signature.</summary>
internal readonly record struct SignatureOutcome(DkimVerdict Verdict, string? Problem, bool IsTesting = false);

/// <summary>Checks one signature: times, body, key, header (RFC 6376 §6.1.1 to §6.1.3).</summary>
/// <remarks>The body is looked at before the key is asked for: mail that a list has changed costs no question.</remarks>
internal static class SignatureCheck
{
    /// <summary>Clocks differ (RFC 6376 §3.5, x=): how far from ours a signer's may be.</summary>
    private const long ClockSkewSeconds = 600;

    /// <summary>Times and body. Null: so far it holds.</summary>
    public static SignatureOutcome? CheckContent(SignatureTags tags, BodyDigest? body, long now)
    {
        if (tags.Created > now + ClockSkewSeconds) return new(DkimVerdict.Neutral, "the signature is of the future (t=)");
        if (tags.Expires < now - ClockSkewSeconds) return new(DkimVerdict.PermError, "the signature has expired (x=)");
        if (body is null) return null;
        if (tags.Length > body.BodyOctets) return new(DkimVerdict.PermError, "l= is more than the body has");
        return body.Hash.SequenceEqual(tags.BodyHash) ? null : new(DkimVerdict.Fail, "the body has been changed (bh=)");
    }

    /// <summary>The signature itself, over the hash of the header, with whichever record of the key fits.</summary>
    public static SignatureOutcome CheckKey(SignatureTags tags, KeyAnswer key, ReadOnlySpan<byte> headerHash)
    {
        var outcome = new SignatureOutcome(key.Verdict, key.Problem);
        foreach (var record in key.Records)
        {
            outcome = CheckKey(tags, record, headerHash) with { IsTesting = record.IsTesting };
            if (outcome.Verdict == DkimVerdict.Pass) break;
        }
        return outcome;
    }

    /// <summary>A signature that is right over less than the whole body says nothing of what the reader sees.</summary>
    public static SignatureOutcome LimitToWholeBody(SignatureOutcome outcome, SignatureTags tags, BodyDigest body) =>
        outcome.Verdict == DkimVerdict.Pass && tags.Length < body.BodyOctets
            ? outcome with { Verdict = DkimVerdict.Policy, Problem = $"{body.BodyOctets - tags.Length} octets of the body are not signed (l=)" }
            : outcome;

    private static SignatureOutcome CheckKey(SignatureTags tags, KeyRecord record, ReadOnlySpan<byte> headerHash)
    {
        if (!record.AllowsSha256) return new(DkimVerdict.PermError, "the key is not for sha256 (h=)");
        if (!record.IsForEmail) return new(DkimVerdict.PermError, "the key is not for mail (s=)");
        if (record.PublicKey.Length == 0) return new(DkimVerdict.PermError, "the key is revoked");
        if (record.KeyType != tags.KeyType) return new(DkimVerdict.PermError, $"the key is of type {Shown(record.KeyType)}");
        if (record.IsForExactDomain && tags.IdentityDomain != tags.Domain) return new(DkimVerdict.PermError, "the key is not for subdomains (t=s)");
        var key = VerificationKeys.Shared.Get(record.KeyType, record.PublicKey, out var problem);
        if (key is null) return new(DkimVerdict.PermError, problem);
        return key.Verify(headerHash, tags.Signature) ? new(DkimVerdict.Pass, null) : new(DkimVerdict.Fail, "the signature does not match the header (b=)");
    }

    private static string Shown(string keyType) => keyType.Length <= 20 ? keyType : "unknown";
}
