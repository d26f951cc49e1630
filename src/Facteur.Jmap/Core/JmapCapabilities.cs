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

    /// <summary>Searches in words, colours of mailboxes: docs/jmap.md.</summary>
    public const string FacteurMail = "https://facteur.email/jmap/mail";
}
