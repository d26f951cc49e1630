using System.Security.Cryptography;
using System.Text;

namespace Facteur.Accounts;

/// <summary>What a password must be, and how one is made.</summary>
public static class PasswordRules
{
    /// <summary>In characters. Length, and not to be one that everybody tries, are the rules that help (NIST SP 800-63B): no classes of characters, no expiry.</summary>
    public const int MinLength = 8;
    public const int MaxLength = 512;

    /// <summary>Null when the password will do, else what it lacks.</summary>
    public static RuleComplaint? Complaint(string password, EmailAddress address)
    {
        var length = 0;
        foreach (var rune in password.EnumerateRunes())
        {
            if (Rune.IsControl(rune)) return new RuleComplaint("PasswordControl", "A password cannot hold control characters.");
            length++;
        }
        if (length < MinLength) return new RuleComplaint("PasswordShort", $"A password has at least {MinLength} characters.", MinLength);
        if (password.Length > MaxLength) return new RuleComplaint("PasswordLong", $"A password has at most {MaxLength} characters.", MaxLength);
        if (LoginService.NormalizePassword(password) is not { } normal) return new RuleComplaint("PasswordUnicode", "The password is not valid Unicode text.");
        if (string.Equals(normal, address.ToString(), StringComparison.OrdinalIgnoreCase) || string.Equals(normal, address.LocalPart, StringComparison.OrdinalIgnoreCase))
            return new RuleComplaint("PasswordIsAddress", "The password cannot be the address.");
        return CommonPasswords.Contains(normal, address)
            ? new RuleComplaint("PasswordCommon", "The password is one of those that are tried first; a few words that do not belong together are better.") : null;
    }

    /// <summary>A password that can be read out on the telephone ("soleil-4217-papier-lune-rivage"): four words of 256 and a number of 9000, 45 bits.</summary>
    public static string Generate()
    {
        var words = PasswordWords.All;
        string Word() => words[RandomNumberGenerator.GetInt32(words.Count)];
        return $"{Word()}-{RandomNumberGenerator.GetInt32(1000, 10_000)}-{Word()}-{Word()}-{Word()}";
    }
}
