using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;

namespace Facteur.Sieve.Tests;

/// <summary>ADDRESS-PART of address and envelope.</summary>
// RFC 5228 §2.7.4; :user, :detail RFC 5233 §4.
internal static class AddressPartTag
{
    public static AddressPart Parse(SieveArguments arguments)
    {
        var part = arguments.OneOf("all", "localpart", "domain", "user", "detail");
        if (part is "user" or "detail") arguments.Flag(part, Extensions.Subaddress);
        return part switch
        {
            "localpart" => AddressPart.LocalPart,
            "domain" => AddressPart.Domain,
            "user" => AddressPart.User,
            "detail" => AddressPart.Detail,
            _ => AddressPart.All,
        };
    }
}
