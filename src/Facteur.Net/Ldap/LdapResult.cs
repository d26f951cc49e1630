namespace Facteur.Net.Ldap;

/// <summary>Result codes that make a difference here (RFC 4511 §4.1.9, appendix A).</summary>
public enum LdapResultCode
{
    Success = 0,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    StrongerAuthRequired = 8,
    AdminLimitExceeded = 11,
    ConfidentialityRequired = 13,
    NoSuchObject = 32,
    InappropriateAuthentication = 48,
    InvalidCredentials = 49,
    InsufficientAccessRights = 50,
    Busy = 51,
    Unavailable = 52,
    UnwillingToPerform = 53,
}

/// <summary>What a server answered to a request.</summary>
/// <param name="Diagnostic">Its own words, or "".</param>
public sealed record LdapResult(LdapResultCode Code, string Diagnostic)
{
    public bool IsSuccess => Code == LdapResultCode.Success;

    public override string ToString() => Diagnostic.Length > 0 ? $"{Code} ({(int)Code}): {Diagnostic}" : $"{Code} ({(int)Code})";
}

/// <summary>An entry that a search found.</summary>
public sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes)
{
    /// <summary>Values of an attribute, by its name in any case; values that are no UTF-8 are left out.</summary>
    public IReadOnlyList<string> this[string attribute] => Attributes.GetValueOrDefault(attribute) ?? [];
}

/// <summary>No answer can be had from a directory: not reached, no TLS that it can be trusted by, broken off, too slow. The message is for the operator.</summary>
public sealed class LdapUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A directory answered, and not with what was asked for.</summary>
public sealed class LdapRefusedException(string message, LdapResult result) : Exception($"{message}: {result}")
{
    public LdapResult Result { get; } = result;
}
