using System.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What an account may be used by; a row of the policy grid.</summary>
public enum MailProtocol { Imap, Pop3, Submission }

/// <summary>An account as sessions see it.</summary>
public sealed record Account(AccountId Id, string Address, string DisplayName)
{
    /// <summary>Security changes of all accounts that <see cref="LoginService"/> had seen when it looked at this one.</summary>
    internal long SecurityEpoch { get; init; }
}

/// <summary>One try to log in.</summary>
/// <param name="AuthorizationId">SASL authzid: empty, or the same account; anything else is refused (RFC 4616 §2).</param>
public sealed record LoginAttempt(string UserName, string Password, MailProtocol Protocol, IPAddress Remote, string AuthorizationId = "")
{
    /// <summary>Without the password, wherever a record may be printed.</summary>
    public override string ToString() => $"{Protocol} login of {UserName} from {Remote}";
}

public enum LoginRefusal
{
    None,
    /// <summary>Unknown user or wrong password: the same words, code and time.</summary>
    BadCredentials,
    /// <summary>The password is right and the account disabled.</summary>
    Disabled,
    /// <summary>Too many passwords are being checked; try again.</summary>
    Busy,
    /// <summary>The store does not answer; try again.</summary>
    Temporary,
}

/// <summary><see cref="Account"/> is set when and only when <see cref="Refusal"/> is None.</summary>
public readonly record struct LoginResult(Account? Account, LoginRefusal Refusal);
