namespace Facteur.Jmap;

/// <summary>Names of capabilities (RFC 8620 §2).</summary>
public static class JmapCapabilities
{
    public const string Core = "urn:ietf:params:jmap:core";
    public const string Mail = "urn:ietf:params:jmap:mail";
    public const string Submission = "urn:ietf:params:jmap:submission";
    public const string VacationResponse = "urn:ietf:params:jmap:vacationresponse";
    public const string WebSocket = "urn:ietf:params:jmap:websocket";

    /// <summary>RFC 9749.</summary>
    public const string WebPushVapid = "urn:ietf:params:jmap:webpush-vapid";
    public const string Blob = "urn:ietf:params:jmap:blob";
    public const string Quota = "urn:ietf:params:jmap:quota";
    public const string Mdn = "urn:ietf:params:jmap:mdn";
    public const string Sieve = "urn:ietf:params:jmap:sieve";
    public const string Principals = "urn:ietf:params:jmap:principals";

    /// <summary>Only of accounts: whose they are (RFC 9670 §1.5.2).</summary>
    public const string PrincipalsOwner = "urn:ietf:params:jmap:principals:owner";

    /// <summary>RFC 9610 §1.4.1.</summary>
    public const string Contacts = "urn:ietf:params:jmap:contacts";

    /// <summary>Searches in words, colours of mailboxes: docs/jmap.md.</summary>
    public const string FacteurMail = "https://facteur.email/jmap/mail";

    /// <summary>Emails that come back at a time: docs/jmap.md.</summary>
    public const string FacteurSnooze = "https://facteur.email/jmap/snooze";

    /// <summary>Disposable addresses: docs/jmap.md.</summary>
    public const string FacteurAddresses = "https://facteur.email/jmap/addresses";

    /// <summary>How the webmail is wanted: docs/jmap.md.</summary>
    public const string FacteurSettings = "https://facteur.email/jmap/settings";

    /// <summary>Rules without Sieve, blocked senders, addresses that mail is sent on to: docs/jmap.md.</summary>
    public const string FacteurRules = "https://facteur.email/jmap/rules";
}
