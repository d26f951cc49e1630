namespace Facteur.Sieve;

/// <summary>What a script decided about a message.</summary>
/// <param name="Actions">All of it, the implicit keep included; after an error, only that (RFC 5228 §2.10.6).</param>
/// <param name="Error">What ended the script, for its owner to read; null when it ran to its end.</param>
/// <param name="Duplicates">Ids to be remembered once the actions are done (RFC 7352 §3).</param>
/// <param name="Flags">The message's flags where the script changed them, for messages in a mailbox (RFC 6785 §3.8); null when it did not.</param>
/// <param name="Work">Units of <see cref="SieveLimits.MaxWork"/> it took.</param>
public sealed record SieveResult(
    IReadOnlyList<SieveAction> Actions, SieveError? Error, IReadOnlyList<SieveDuplicate> Duplicates, IReadOnlyList<string>? Flags, long Work);
