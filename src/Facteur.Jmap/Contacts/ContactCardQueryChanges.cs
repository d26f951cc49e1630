namespace Facteur.Jmap;

/// <summary>ContactCard/queryChanges (RFC 9610 §3.4).</summary>
internal sealed class ContactCardQueryChanges() : NumberedQueryChanges(ContactCardType.Instance);
