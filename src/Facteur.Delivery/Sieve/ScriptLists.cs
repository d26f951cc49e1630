using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>The lists that scripts can name (RFC 6134): who an account writes with, whom it blocked or lets through always, its own addresses.</summary>
public sealed class ScriptLists(InboundPolicy policy, RecipientDirectory directory)
{
    /// <summary>Whoever the account wrote to, or whose mail it kept; also ":addrbook:default" (RFC 6134 §2.5).</summary>
    public const string AddressBook = "urn:ietf:params:sieve:addrbook:default";

    /// <summary>Addresses, and domains as "@example.org", whose mail the account sends to Junk.</summary>
    public const string Blocked = "tag:facteur.email,2026:blocked";

    /// <summary>Those whose mail it never does.</summary>
    public const string Allowed = "tag:facteur.email,2026:allowed";

    /// <summary>Addresses of the account itself.</summary>
    public const string Own = "tag:facteur.email,2026:own";

    /// <summary>All, as JMAP tells them.</summary>
    public static IReadOnlyList<string> Names { get; } = [AddressBook, Allowed, Blocked, Own];

    public static bool IsKnown(string list) => Names.Contains(list);

    internal async ValueTask<string?> FindAsync(AccountRecord account, string list, string value, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(value, out var parsed)) return null;
        var address = parsed.ToString();
        var isMember = list switch
        {
            AddressBook => await policy.Correspondents.IsKnownAsync(account.Id, [address], cancel),
            Own => await directory.OwnsAsync(account.Id, address, cancel),
            Blocked => AddressPatterns.Matches((await policy.PreferencesAsync(account, cancel)).Blocked, address),
            Allowed => AddressPatterns.Matches((await policy.PreferencesAsync(account, cancel)).Allowed, address),
            _ => false,
        };
        return isMember ? address : null;
    }

    /// <summary>Who wrote is no list to write to; what the account wrote down itself can be read.</summary>
    internal async ValueTask<IReadOnlyList<string>?> ReadAsync(AccountRecord account, string list, int max, CancellationToken cancel)
    {
        var members = list switch
        {
            Blocked => (await policy.PreferencesAsync(account, cancel)).Blocked ?? [],
            Allowed => (await policy.PreferencesAsync(account, cancel)).Allowed ?? [],
            _ => null,
        };
        return members is null ? null : [.. members.Where(one => !one.StartsWith('@')).Take(max)];
    }
}
