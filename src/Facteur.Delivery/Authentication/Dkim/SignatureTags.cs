namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Fields that carry a signature; they differ in which tags they have.</summary>
internal enum SignatureKind : byte
{
    /// <summary>DKIM-Signature (RFC 6376 §3.5).</summary>
    Dkim,
    /// <summary>ARC-Message-Signature: no v=, and i= is the instance (RFC 8617 §4.1.2).</summary>
    ArcMessage,
    /// <summary>ARC-Seal: no h=, bh=, c=, l=; cv= besides (RFC 8617 §4.1.3).</summary>
    ArcSeal,
}

/// <summary>What a signature that is fit to be checked says; everything in it has been validated (RFC 6376 §6.1.1).</summary>
/// <param name="Field">Number of its field in the header.</param>
/// <param name="Hole">Where the value of b= stands.</param>
/// <param name="KeyType">k of a=: "rsa" or "ed25519".</param>
/// <param name="Domain">d=, A-labels, lower case.</param>
/// <param name="Selector">s=, as written.</param>
/// <param name="KeyName">Where the key is in the DNS.</param>
/// <param name="IdentityDomain">Domain of i=, or d=.</param>
/// <param name="Names">h=; null for a seal.</param>
/// <param name="Length">l=; null for the whole body.</param>
/// <param name="ChainStatus">cv= of a seal, else "".</param>
internal sealed record SignatureTags(
    int Field, (int Start, int End) Hole, string KeyType, byte[] Signature, byte[] BodyHash, Canonicalization HeaderForm, Canonicalization BodyForm,
    string Domain, string Selector, string KeyName, string IdentityDomain, HeaderNames? Names, long? Length, long? Created, long? Expires, string ChainStatus);

/// <summary>What can be told of a signature's field, be it fit to be checked or not.</summary>
/// <param name="Tags">Null when it is not.</param>
/// <param name="Verdict">Why not; None when it is.</param>
/// <param name="Instance">i= of an ARC field; 0 when there is none that counts.</param>
internal sealed record SignatureField(
    SignatureTags? Tags, DkimVerdict Verdict, string? Problem, string Domain, string Selector, string? Identity, string Algorithm, string EncodedSignature, int Instance);
