namespace Facteur.Jmap;

/// <summary>ContactCard/changes (RFC 9610 §3.2).</summary>
internal sealed class ContactCardChanges() : NumberedChanges(ContactCardType.Instance);
