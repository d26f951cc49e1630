using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>Roles as special-use attributes (RFC 6154 §2, \Important RFC 8457 §3).</summary>
internal static class SpecialUse
{
    private static readonly (string Name, MailboxRole Role, bool CanBeCreated)[] Attributes =
    [
        ("All", MailboxRole.All, false), ("Archive", MailboxRole.Archive, true), ("Drafts", MailboxRole.Drafts, true), ("Flagged", MailboxRole.Flagged, false),
        ("Important", MailboxRole.Important, false), ("Junk", MailboxRole.Junk, true), ("Sent", MailboxRole.Sent, true), ("Trash", MailboxRole.Trash, true),
    ];

    /// <summary>The role CREATE can give by this name; null when it cannot. \All, \Flagged and \Important are views, which this server does not make.</summary>
    public static MailboxRole? Role(string name)
    {
        foreach (var (known, role, canBeCreated) in Attributes)
            if (canBeCreated && known.Equals(name, StringComparison.OrdinalIgnoreCase)) return role;
        return null;
    }

    /// <summary>The attribute with its backslash; null for a role that has none (INBOX).</summary>
    public static string? Attribute(MailboxRole role)
    {
        foreach (var (name, known, _) in Attributes)
            if (known == role) return "\\" + name;
        return null;
    }
}
