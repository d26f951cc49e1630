namespace Facteur.Accounts.Policy;

/// <summary>Stable codes of refusals; their sentences are in AccessText, causes and cures in docs/operate/access.md.</summary>
public static class AccessCode
{
    public const string BadCredentials = "FCT-3001", Disabled = "FCT-3002", Busy = "FCT-3003", Temporary = "FCT-3004";

    /// <summary>The credential is right, and not for this: an app password or a token has limits of its own.</summary>
    public const string AppPasswordOtherProtocol = "FCT-3011", AppPasswordOtherNetwork = "FCT-3012", AppPasswordEnded = "FCT-3013", TokenOtherScope = "FCT-3014";

    /// <summary>The address has brought too many wrong passwords.</summary>
    public const string AddressBlocked = "FCT-3021";

    /// <summary>Rules of an administrator.</summary>
    public const string SwitchedOff = "FCT-3101", NotFromHere = "FCT-3102", TlsRequired = "FCT-3103", CertificateRequired = "FCT-3104",
        AppPasswordRequired = "FCT-3105", SecondFactorRequired = "FCT-3106";

    /// <summary>Choices of the owner.</summary>
    public const string PopSwitchedOff = "FCT-3111", ImapSwitchedOff = "FCT-3112";
}

/// <summary>Of what kind a refusal is: what protocols choose their response codes by.</summary>
public enum AccessNature
{
    /// <summary>User name or password is wrong; another password may be asked for.</summary>
    Wrong,
    /// <summary>The account is disabled.</summary>
    Disabled,
    /// <summary>An administrator is against it, whatever the client brings.</summary>
    Administrator,
    /// <summary>An administrator wants something of the connection that this one does not have: another address, a certificate.</summary>
    Connection,
    /// <summary>TLS is wanted.</summary>
    Privacy,
    /// <summary>The password is right and not enough: another credential is wanted.</summary>
    TooWeak,
    /// <summary>The owner has switched it off.</summary>
    Owner,
    /// <summary>It may be tried again.</summary>
    Temporary,
}

/// <summary>Why somebody may not in: a stable code, and what its sentence is made with.</summary>
/// <param name="Code">FCT-3nnn, the name of the sentence in AccessText.</param>
public sealed record AccessRefusal(string Code, params string[] Arguments)
{
    /// <summary>Whose rule it is; the last argument of the sentence.</summary>
    public PolicyOrigin? Origin { get; init; }

    public AccessNature Nature => Code switch
    {
        AccessCode.BadCredentials or AccessCode.AppPasswordOtherProtocol or AccessCode.AppPasswordEnded or AccessCode.TokenOtherScope => AccessNature.Wrong,
        AccessCode.Disabled => AccessNature.Disabled,
        AccessCode.Busy or AccessCode.Temporary or AccessCode.AddressBlocked => AccessNature.Temporary,
        AccessCode.NotFromHere or AccessCode.CertificateRequired or AccessCode.AppPasswordOtherNetwork => AccessNature.Connection,
        AccessCode.TlsRequired => AccessNature.Privacy,
        AccessCode.AppPasswordRequired or AccessCode.SecondFactorRequired => AccessNature.TooWeak,
        AccessCode.PopSwitchedOff or AccessCode.ImapSwitchedOff => AccessNature.Owner,
        _ => AccessNature.Administrator,
    };

    /// <summary>What is said of a refusal that says no more itself.</summary>
    public static AccessRefusal Of(LoginRefusal refusal) => new(refusal switch
    {
        LoginRefusal.BadCredentials => AccessCode.BadCredentials,
        LoginRefusal.Disabled => AccessCode.Disabled,
        LoginRefusal.Busy => AccessCode.Busy,
        _ => AccessCode.Temporary,
    });

    /// <summary>One line in a language ("en", "fr"), the code at its end: "POP is switched off by your administrator (policy “Ventes”) (FCT-3101)".</summary>
    public string In(string locale) => AccessText.Of(this, locale);

    /// <summary>The same in ASCII, for answers that may hold nothing else; accents are dropped.</summary>
    public string InAscii(string locale) => AsciiText.Of(In(locale));
}
