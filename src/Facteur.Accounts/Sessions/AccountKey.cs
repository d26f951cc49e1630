using System.Globalization;
using Facteur.Storage;

namespace Facteur.Accounts.Sessions;

/// <summary>Keys in learnt state that begin with their account, so that those of one account stand together: hexadecimal number and a dot.</summary>
internal static class AccountKey
{
    public static string Prefix(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"{account.Value:x}.");

    /// <summary>Null for what is no such key.</summary>
    public static AccountId? AccountOf(string key) =>
        key.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && long.TryParse(key.AsSpan(0, dot), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? new AccountId(id) : null;
}
