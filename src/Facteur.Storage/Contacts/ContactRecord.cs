namespace Facteur.Storage.Contacts;

/// <summary>A card of an address book; never used again.</summary>
public readonly record struct ContactId(long Value);

/// <summary>A card to keep.</summary>
/// <param name="Uid">Unique within the account (RFC 9553 §2.1).</param>
/// <param name="Name">As lists show it, and the order of lists once folded.</param>
/// <param name="Emails">Addresses, the preferred one first.</param>
/// <param name="Words">Further text that lists are searched in.</param>
/// <param name="Card">A JSON object in UTF-8.</param>
public sealed record ContactDraft(string Uid, string Name, IReadOnlyList<string> Emails, string Words, ReadOnlyMemory<byte> Card);

/// <summary>A card that is kept.</summary>
/// <param name="Created">On the counter of the account's cards, which is not its MODSEQ; each change has a number of its own.</param>
public sealed record ContactRecord(ContactId Id, string Uid, string Name, IReadOnlyList<string> Emails, ReadOnlyMemory<byte> Card, ModSeq Created, ModSeq Changed);

/// <summary>What became of a draft.</summary>
/// <param name="Id">Of the new card, or of the one that has its uid.</param>
public readonly record struct ContactAdded(ContactId Id, bool IsNew);

/// <summary>A line of a list.</summary>
public sealed record ContactLine(ContactId Id, string Name, IReadOnlyList<string> Emails);

/// <param name="Search">Words that all have to be there, in any case, with or without accents; empty for all cards.</param>
public sealed record ContactListing(string Search, int Skip, int Max);

/// <param name="Total">Of all that match.</param>
public sealed record ContactPage(IReadOnlyList<ContactLine> Lines, int Total);

/// <summary>A card that changed, without what it says.</summary>
public readonly record struct ContactChange(ContactId Id, ModSeq Created, ModSeq Changed);

/// <summary>Those changed, ascending by when, those removed, ascending likewise, and the state after them.</summary>
public sealed record ContactChanges(IReadOnlyList<ContactChange> Changed, IReadOnlyList<(ContactId Id, ModSeq At)> Removed, ModSeq State);
