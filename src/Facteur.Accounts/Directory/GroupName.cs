using System.Text;

namespace Facteur.Accounts;

/// <summary>A group as people name it: "exemple.fr/ventes". One of its name is in a domain, whatever the case.</summary>
public readonly record struct GroupName(string Domain, string Name)
{
    public const int MaxLength = 100;

    /// <summary>For people, the domain as they write it.</summary>
    public override string ToString() => $"{DomainName.ToDisplay(Domain)}/{Name}";

    /// <exception cref="AccountRuleException">It is no name of a group; the message says why.</exception>
    public static GroupName Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) throw new AccountRuleException($"\"{text}\" is no group; write its domain before it, such as exemple.fr/ventes.");
        return new GroupName(
            DomainName.Normalize(text[..slash]) ?? throw new AccountRuleException($"\"{text[..slash]}\" is not a domain name."), Normalize(text[(slash + 1)..]));
    }

    /// <summary>The name within its domain: NFC, without spaces around it, and without what separates names in lists.</summary>
    /// <exception cref="AccountRuleException">It is no name of a group; the message says why.</exception>
    public static string Normalize(string name)
    {
        var text = name.Trim();
        if (text.Length is 0 or > MaxLength || !EmailAddress.IsPlainText(text) || text.AsSpan().IndexOfAny("/,;") >= 0)
            throw new AccountRuleException($"\"{name}\" is no name of a group: it has 1 to {MaxLength} characters in one line, without \"/\", \",\" and \";\".");
        return text.Normalize(NormalizationForm.FormC);
    }

    /// <summary>True for names of one group.</summary>
    public static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
