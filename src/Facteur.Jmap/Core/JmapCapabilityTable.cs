using System.Globalization;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Sieve;
using Facteur.Sieve;
using Facteur.Sieve.Rules;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>All capabilities, an entry each, in the order in which the session lists them.</summary>
public static class JmapCapabilityTable
{
    public static IEnumerable<JmapCapability> All() =>
    [
        new(JmapCapabilities.Core, WriteCore) { IsOfAccounts = false, IsOffered = static _ => true },
        new(JmapCapabilities.Mail, Account: WriteMail),
        new(JmapCapabilities.Submission, Account: WriteSubmission) { IsFor = static account => account.Rights.HasFlag(ShareRights.SendAs) },
        new(JmapCapabilities.VacationResponse),
        new(JmapCapabilities.WebSocket, WriteWebSocket) { IsOfAccounts = false, IsOffered = static services => services.Urls.WebSocket is not null },
        new(JmapCapabilities.WebPushVapid, WriteWebPush) { IsOfAccounts = false, IsOffered = static services => services.Push is not null },
        new(JmapCapabilities.Blob, Account: WriteBlob),
        new(JmapCapabilities.Quota),
        new(JmapCapabilities.Mdn),
        new(JmapCapabilities.Sieve, WriteSieveServer, WriteSieve),
        // Principals are looked up in one's own account, for all accounts.
        new(JmapCapabilities.Principals, Account: WritePrincipals) { IsFor = static account => account.IsPersonal },
        new(JmapCapabilities.PrincipalsOwner, Account: WriteOwner) { IsOfServer = false, IsOffered = static _ => true, IsFor = static account => account.HasPrincipals },
        // An address book is its owner's: a shared account has none for those who may use it.
        new(JmapCapabilities.Contacts, Account: WriteContacts) { IsFor = static account => account.IsPersonal },
        // Properties of mailboxes and emails; it need not have a method.
        new(JmapCapabilities.FacteurMail) { IsOffered = static _ => true },
        new(JmapCapabilities.FacteurAddresses, Account: WriteAddresses),
        new(JmapCapabilities.FacteurSettings),
        new(JmapCapabilities.FacteurSnooze, Account: WriteSnooze) { IsOffered = static _ => true },
        new(JmapCapabilities.FacteurRules, Account: WriteRules),
    ];

    // RFC 8620 §2.
    private static void WriteCore(Utf8JsonWriter writer, JmapServices services)
    {
        var limits = services.Limits;
        writer.WriteNumber("maxSizeUpload"u8, limits.MaxSizeUpload);
        writer.WriteNumber("maxConcurrentUpload"u8, limits.MaxConcurrentUpload);
        writer.WriteNumber("maxSizeRequest"u8, limits.MaxSizeRequest);
        writer.WriteNumber("maxConcurrentRequests"u8, limits.MaxConcurrentRequests);
        writer.WriteNumber("maxCallsInRequest"u8, limits.MaxCallsInRequest);
        writer.WriteNumber("maxObjectsInGet"u8, limits.MaxObjectsInGet);
        writer.WriteNumber("maxObjectsInSet"u8, limits.MaxObjectsInSet);
        WriteStrings(writer, "collationAlgorithms"u8, [.. Collations.Names]);
    }

    // RFC 8621 §1.3.1.
    private static void WriteMail(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNull("maxMailboxesPerEmail"u8);
        writer.WriteNumber("maxMailboxDepth"u8, MailboxName.MaxDepth);
        writer.WriteNumber("maxSizeMailboxName"u8, MailboxName.MaxLevelOctets);
        writer.WriteNumber("maxSizeAttachmentsPerEmail"u8, services.Limits.MaxSizeAttachments);
        WriteStrings(
            writer, "emailQuerySortOptions"u8,
            "receivedAt", "sentAt", "size", "from", "to", "subject", "hasKeyword", "allInThreadHaveKeyword", "someInThreadHaveKeyword");
        writer.WriteBoolean("mayCreateTopLevelMailbox"u8, !account.IsReadOnly);
    }

    // RFC 8621 §1.3.2. Without the date of FUTURERELEASE: it would be another in each session.
    private static void WriteSubmission(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        var seconds = (long)services.Limits.MaxDelayedSend.TotalSeconds;
        writer.WriteNumber("maxDelayedSend"u8, seconds);
        writer.WriteStartObject("submissionExtensions"u8);
        WriteStrings(writer, "FUTURERELEASE"u8, seconds.ToString(CultureInfo.InvariantCulture));
        WriteStrings(writer, "DSN"u8);
        WriteStrings(writer, "REQUIRETLS"u8);
        WriteStrings(writer, "SIZE"u8, services.Limits.MaxSizeSubmission.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    // RFC 9404 §3.1.
    private static void WriteBlob(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxSizeBlobSet"u8, services.Limits.MaxSizeBlobSet);
        writer.WriteNumber("maxDataSources"u8, services.Limits.MaxDataSources);
        WriteStrings(writer, "supportedTypeNames"u8, BlobLimits.TypeNames);
        WriteStrings(writer, "supportedDigestAlgorithms"u8, BlobDigests.Names);
    }

    // RFC 9661 §1.2.1.
    private static void WriteSieveServer(Utf8JsonWriter writer, JmapServices services) => writer.WriteString("implementation"u8, "Facteur");

    private static void WriteSieve(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxSizeScriptName"u8, ScriptName.MaxOctets);
        writer.WriteNumber("maxSizeScript"u8, ScriptLimits.Default.MaxScriptOctets);
        writer.WriteNumber("maxNumberScripts"u8, ScriptLimits.Default.MaxScripts);
        writer.WriteNumber("maxNumberRedirects"u8, new SieveLimits().MaxRedirects);
        WriteStrings(writer, "sieveExtensions"u8, [.. SieveScript.Extensions]);
        WriteStrings(writer, "notificationMethods"u8, "mailto");
        WriteStrings(writer, "externalLists"u8, [.. ScriptLists.Names]);
    }

    private static void WriteSnooze(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxDelay"u8, (long)services.Limits.MaxSnooze.TotalSeconds);
        WriteStrings(writer, "emailQuerySortOptions"u8, EmailSorting.OfSnooze);
    }

    private static void WriteAddresses(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxAddresses"u8, AccountService.MaxDisposable);
        writer.WriteNumber("maxLabel"u8, AccountService.MaxLabel);
    }

    // RFC 9610 §1.4.1.
    private static void WriteContacts(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxAddressBooksPerCard"u8, 1);
        writer.WriteBoolean("mayCreateAddressBook"u8, false);
    }

    private static void WriteRules(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxRules"u8, RuleCheck.MaxRules);
        writer.WriteNumber("maxBlockedSenders"u8, BlockedSenders.MaxEntries);
        writer.WriteNumber("maxForwardAddresses"u8, AccountService.MaxForwardTargets);
    }

    // RFC 9670 §1.5.1: principals have the number of their account.
    private static void WritePrincipals(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account) =>
        writer.WriteString("currentUserPrincipalId"u8, PrincipalType.IdOf(user.Person));

    // RFC 9670 §1.5.2.
    private static void WriteOwner(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteString("accountIdForPrincipal"u8, JmapIds.Of(account.User));
        writer.WriteString("principalId"u8, PrincipalType.IdOf(account.Id));
    }

    // RFC 8887 §3.
    private static void WriteWebSocket(Utf8JsonWriter writer, JmapServices services)
    {
        var origin = services.Urls.Origin();
        writer.WriteString("url"u8, $"wss{origin[origin.IndexOf(':', StringComparison.Ordinal)..]}{services.Urls.WebSocket}");
        writer.WriteBoolean("supportsPush"u8, true);
    }

    // RFC 9749 §3.
    private static void WriteWebPush(Utf8JsonWriter writer, JmapServices services)
    {
        if (services.Push?.ApplicationServerKey is { } key) writer.WriteString("applicationServerKey"u8, key);
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> name, params ReadOnlySpan<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
