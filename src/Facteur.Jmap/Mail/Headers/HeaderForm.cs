using System.Collections.Frozen;

namespace Facteur.Jmap;

/// <summary>Parsed forms of header fields (RFC 8621 §4.1.2).</summary>
internal enum HeaderForm : byte { Raw, Text, Addresses, GroupedAddresses, MessageIds, Date, Urls }

/// <summary>Which forms a field may be fetched and set in: those its RFC gives a meaning; any for a field of neither RFC 5322 nor RFC 2369.</summary>
internal static class HeaderForms
{
    private static readonly FrozenDictionary<string, HeaderForm> ByName = new Dictionary<string, HeaderForm>(StringComparer.Ordinal)
    {
        ["asRaw"] = HeaderForm.Raw, ["asText"] = HeaderForm.Text, ["asAddresses"] = HeaderForm.Addresses, ["asGroupedAddresses"] = HeaderForm.GroupedAddresses,
        ["asMessageIds"] = HeaderForm.MessageIds, ["asDate"] = HeaderForm.Date, ["asURLs"] = HeaderForm.Urls,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Fields of RFC 5322 §3.6 (Resent-Reply-To: §4.5.6) and RFC 2369 §3 with the one parsed form they have; Raw is none.
    private static readonly FrozenDictionary<string, HeaderForm> FormOf = new Dictionary<string, HeaderForm>(StringComparer.OrdinalIgnoreCase)
    {
        ["Subject"] = HeaderForm.Text, ["Comments"] = HeaderForm.Text, ["Keywords"] = HeaderForm.Text,
        ["From"] = HeaderForm.Addresses, ["Sender"] = HeaderForm.Addresses, ["Reply-To"] = HeaderForm.Addresses,
        ["To"] = HeaderForm.Addresses, ["Cc"] = HeaderForm.Addresses, ["Bcc"] = HeaderForm.Addresses,
        ["Resent-From"] = HeaderForm.Addresses, ["Resent-Sender"] = HeaderForm.Addresses, ["Resent-Reply-To"] = HeaderForm.Addresses,
        ["Resent-To"] = HeaderForm.Addresses, ["Resent-Cc"] = HeaderForm.Addresses, ["Resent-Bcc"] = HeaderForm.Addresses,
        ["Message-ID"] = HeaderForm.MessageIds, ["In-Reply-To"] = HeaderForm.MessageIds, ["References"] = HeaderForm.MessageIds, ["Resent-Message-ID"] = HeaderForm.MessageIds,
        ["Date"] = HeaderForm.Date, ["Resent-Date"] = HeaderForm.Date,
        ["List-Help"] = HeaderForm.Urls, ["List-Unsubscribe"] = HeaderForm.Urls, ["List-Subscribe"] = HeaderForm.Urls,
        ["List-Post"] = HeaderForm.Urls, ["List-Owner"] = HeaderForm.Urls, ["List-Archive"] = HeaderForm.Urls,
        ["Return-Path"] = HeaderForm.Raw, ["Received"] = HeaderForm.Raw,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>"asText" and the like, in this case only.</summary>
    public static bool TryRead(string name, out HeaderForm form) => ByName.TryGetValue(name, out form);

    /// <summary>Whether a field may be fetched or set in a form (RFC 8621 §4.1.2.2 to §4.1.2.7).</summary>
    public static bool IsAllowed(string field, HeaderForm form)
    {
        if (form == HeaderForm.Raw || !FormOf.TryGetValue(field, out var own)) return true;
        return form == own || form == HeaderForm.GroupedAddresses && own == HeaderForm.Addresses;
    }
}
