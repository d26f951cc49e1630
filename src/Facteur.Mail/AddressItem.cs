namespace Facteur.Mail;

public enum AddressItemKind
{
    Mailbox,
    /// <summary>A group opens; its mailboxes follow.</summary>
    GroupStart,
    GroupEnd,
}

/// <summary>One element of an address list (RFC 5322 §3.4).</summary>
/// <param name="DisplayName">Name for people, its encoded words decoded; the group's name of a <see cref="AddressItemKind.GroupStart"/>; null when there is none.</param>
/// <param name="RawDisplayName">The same without quotes, encoded words left as they stand.</param>
/// <param name="Route">Obsolete source route "@a,@b" (RFC 5322 §4.4), or null.</param>
/// <param name="LocalPart">Local part without quotes; empty when the field holds only a name.</param>
/// <param name="Domain">Domain as written, a literal with its brackets; empty when missing.</param>
public sealed record AddressItem(AddressItemKind Kind, string? DisplayName, string? RawDisplayName, string? Route, string LocalPart, string Domain)
{
    internal static readonly AddressItem EndOfGroup = new(AddressItemKind.GroupEnd, null, null, null, "", "");
}
