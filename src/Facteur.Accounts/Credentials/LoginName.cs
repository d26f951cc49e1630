namespace Facteur.Accounts;

/// <summary>
/// Who logs in, and as whom: an address; or a member of a shared account with that account as authorization identity, or written into the
/// user name for programs that have no field for it: "member@d\shared@d" (Outlook) and "shared@d*member@d" (Cyrus, Dovecot).
/// </summary>
/// <param name="Person">Whose credential it is, in normal form.</param>
/// <param name="Target">The shared account, or null.</param>
internal readonly record struct LoginName(string Person, string? Target)
{
    /// <summary>False when it cannot be anybody's, or asks for two accounts at once.</summary>
    public static bool TryParse(string userName, string authorizationId, out LoginName name)
    {
        name = default;
        if (!TryParseUser(userName, out var person, out var target)) return false;
        if (authorizationId.Length > 0)
        {
            if (!EmailAddress.TryParse(authorizationId, out var other)) return false;
            if (target is { } named && named != other) return false;
            target = other;
        }
        name = new LoginName(person.ToString(), target is { } shared && shared != person ? shared.ToString() : null);
        return true;
    }

    private static bool TryParseUser(string text, out EmailAddress person, out EmailAddress? target)
    {
        target = null;
        // "*" may stand in a local part and never in a domain: what is an address as a whole is one.
        if (EmailAddress.TryParse(text, out person)) return true;
        return TrySplit(text, '\\', out var first, out var second) && TryBoth(first, second, out person, out target)
            || TrySplit(text, '*', out second, out first) && TryBoth(first, second, out person, out target);
    }

    private static bool TryBoth(string person, string shared, out EmailAddress address, out EmailAddress? target)
    {
        target = null;
        if (!EmailAddress.TryParse(person, out address) || !EmailAddress.TryParse(shared, out var other)) return false;
        target = other;
        return true;
    }

    /// <summary>At the first separator after the first "@".</summary>
    private static bool TrySplit(string text, char separator, out string before, out string after)
    {
        (before, after) = ("", "");
        var at = text.IndexOf('@');
        var cut = at < 0 ? -1 : text.IndexOf(separator, at);
        if (cut < 0) return false;
        (before, after) = (text[..cut], text[(cut + 1)..]);
        return true;
    }
}
