using System.Text;

namespace Facteur.Imap;

/// <summary>Mailbox names on the wire: UTF-8 once the session enabled it, else modified UTF-7 (RFC 3501 §5.1.3; RFC 9051 §5.1).</summary>
internal static class MailboxName
{
    /// <summary>Between levels, in all names.</summary>
    public const char Separator = '/';

    public const string Inbox = "INBOX";

    /// <summary>A name as the store knows it. Empty levels and lengths are the store's to refuse.</summary>
    public static string Decode(ReadOnlySpan<byte> wire, bool utf8) => FoldInbox(DecodePattern(wire, utf8));

    /// <summary>Decodes a name that may hold wildcards.</summary>
    public static string DecodePattern(ReadOnlySpan<byte> wire, bool utf8)
    {
        if (wire.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || wire.Contains((byte)0x7f)) throw new ImapRefusedException("CANNOT", "a mailbox name holds no control characters");
        if (!System.Text.Unicode.Utf8.IsValid(wire)) throw new ImapSyntaxException("mailbox name is not UTF-8");
        // Clients send "&" or UTF-8 as it is, enabled or not (Thunderbird, CLIENTS 9): what is not modified UTF-7 means itself.
        var name = !utf8 && wire.Contains((byte)'&') && ModifiedUtf7.TryDecode(wire, out var decoded) ? decoded : Encoding.UTF8.GetString(wire);
        return Ascii.IsValid(name) || name.IsNormalized(NormalizationForm.FormC) ? name : name.Normalize(NormalizationForm.FormC);
    }

    /// <summary>The first level "inbox" is the inbox in any case (RFC 9051 §5.1).</summary>
    public static string FoldInbox(string name)
    {
        if (!name.StartsWith(Inbox, StringComparison.OrdinalIgnoreCase)) return name;
        if (name.Length == Inbox.Length) return Inbox;
        return name[Inbox.Length] == Separator ? Inbox + name[Inbox.Length..] : name;
    }

    /// <summary>A name for CREATE, RENAME and the like: a trailing separator only declares intent (RFC 9051 §6.3.4; Thunderbird, CLIENTS 11).</summary>
    public static string WithoutTrailingSeparator(string name) => name.Length > 1 && name[^1] == Separator ? name[..^1] : name;

    /// <summary>Octets of a name as this session reads it.</summary>
    public static byte[] Encode(string name, bool utf8) =>
        utf8 ? Encoding.UTF8.GetBytes(name) : ModifiedUtf7.Encode(name);
}
