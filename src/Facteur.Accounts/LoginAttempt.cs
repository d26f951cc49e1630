using System.Globalization;
using System.Net;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What an account may be used by; a row of the policy grid.</summary>
public enum MailProtocol { Imap, Pop3, Submission, ActiveSync, Jmap, Webmail, Dav, ManageSieve }

/// <summary>The other end of a connection, as far as a login depends on it.</summary>
public sealed record LoginClient(MailProtocol Protocol, IPAddress Remote)
{
    /// <summary>The connection is under TLS.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>SHA-256 of the client's certificate (DER), 64 lower-case hex digits; null when it showed none, or none that the listener trusts.</summary>
    public string? CertificateHash { get; init; }

    /// <summary>Binding data "tls-server-end-point" of the connection (RFC 5929 §4); empty in clear.</summary>
    public ReadOnlyMemory<byte> ServerEndPoint { get; init; }

    /// <summary>What the program calls itself (IMAP ID, User-Agent), as far as it has said so; "" when not.</summary>
    public string Program { get; init; } = "";
}

/// <summary>What somebody logged in by.</summary>
public enum CredentialKind { Password, AppPassword, Certificate, AccessToken, Passkey }

/// <param name="Id">Of the stored credential; null for what has none (a token, a password checked elsewhere).</param>
/// <param name="Label">What its owner calls it, or "".</param>
public sealed record UsedCredential(CredentialKind Kind, long? Id = null, string Label = "");

/// <summary>An account as sessions see it.</summary>
public sealed record Account(AccountId Id, string Address, string DisplayName)
{
    /// <summary>Who logged in, when it is a member of a shared account; else the account itself.</summary>
    public AccountId? Member { get; init; }

    /// <summary>False for a member of a shared account who may only read it: nothing that is there may change.</summary>
    public bool MayWrite { get; init; } = true;

    /// <summary>
    /// Names the credential it got in by, the same at each login by that: for what lives as long as a credential does (RFC 8620 §7.2). No secret;
    /// <see cref="LoginService.StandsAsync"/> reads it.
    /// </summary>
    public string CredentialName => Credential is { } used ? string.Create(CultureInfo.InvariantCulture, $"{used.Kind} {used.Id} {used.Label}") : "";

    /// <summary>Security changes of all accounts that <see cref="LoginService"/> had seen when it looked at this one.</summary>
    internal long SecurityEpoch { get; init; }

    /// <summary>How it got in; what rules that change later are held against.</summary>
    internal LoginClient? Client { get; init; }
    internal UsedCredential? Credential { get; init; }
}

/// <summary>One try to log in by a user name and a password (its own, or one for an app).</summary>
/// <param name="AuthorizationId">SASL authzid: empty, the same account, or a shared one of which the user is a member; anything else is refused (RFC 4616 §2).</param>
public sealed record LoginAttempt(string UserName, string Password, LoginClient Client, string AuthorizationId = "")
{
    /// <summary>Without the password, wherever a record may be printed.</summary>
    public override string ToString() => $"{Client.Protocol} login of {UserName} from {Client.Remote}";
}

public enum LoginRefusal
{
    None,
    /// <summary>Unknown user or wrong password: the same words, code and time.</summary>
    BadCredentials,
    /// <summary>The password is right and the account disabled.</summary>
    Disabled,
    /// <summary>The password is right and a rule is against it; <see cref="LoginResult.Reason"/> says which.</summary>
    NotAllowed,
    /// <summary>Too many passwords are being checked; try again.</summary>
    Busy,
    /// <summary>The store does not answer; try again.</summary>
    Temporary,
}

/// <summary><see cref="Account"/> is set when and only when <see cref="Refusal"/> is None.</summary>
/// <param name="Reason">Why not, in words and with a stable code; set with every refusal.</param>
/// <param name="Locale">Language of the account, as far as it is known by right credentials; else "en".</param>
public readonly record struct LoginResult(Account? Account, LoginRefusal Refusal, AccessRefusal? Reason = null, string Locale = "en")
{
    /// <summary>The reason as a sentence in the language of the account, with its code at the end in brackets; one line.</summary>
    public string Sentence => Why?.In(Locale) ?? "";

    /// <summary>The same in ASCII, for answers that may hold nothing else.</summary>
    public string AsciiSentence => Why?.InAscii(Locale) ?? "";

    /// <summary>The reason, also of a refusal that has none of its own; null when there is no refusal.</summary>
    public AccessRefusal? Why => Refusal == LoginRefusal.None ? null : Reason ?? AccessRefusal.Of(Refusal);
}
