namespace Facteur.Sieve.Rules;

/// <summary>What becomes of the rules of an account.</summary>
public enum RuleStanding : byte
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Mail goes through them: their script is active, or the active one includes it.</summary>
    Running,

    /// <summary>No script is active.</summary>
    Inactive,

    /// <summary>Another script is active, written by hand, that does not include them.</summary>
    OtherScript,

    /// <summary>Their script was changed by hand: it is a script like any other, and never written over.</summary>
    Edited,
}

/// <summary>The rules of an account, as of one moment.</summary>
/// <param name="Rules">In the order in which they are asked; none when their script was edited.</param>
/// <param name="ActiveScript">Name of the script that mail goes through; null for none.</param>
public sealed record RuleSet(IReadOnlyList<MailRule> Rules, RuleStanding Standing, string? ActiveScript)
{
    public MailRule? Find(string id) => Rules.FirstOrDefault(rule => rule.Id == id);

    /// <summary>Rules in the order in which they are asked.</summary>
    public static IReadOnlyList<MailRule> Ordered(IEnumerable<MailRule> rules) => [.. rules.OrderBy(rule => rule.SortOrder).ThenBy(rule => NumberOf(rule.Id))];

    /// <summary>The id of a number.</summary>
    public static string IdOf(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"r{number}");

    /// <summary>0 for what is no id.</summary>
    public static long NumberOf(string id) =>
        id.Length is > 1 and < 19 && id[0] == 'r' && id[1] is >= '1' and <= '9' && !id.AsSpan(1).ContainsAnyExceptInRange('0', '9')
            ? long.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) : 0;
}
