using Facteur.Accounts;

namespace Facteur.Sieve.Rules;

/// <summary>What the settings of an account do with its mail, which the script of its rules says as well.</summary>
public sealed record RuleSettings
{
    public static readonly RuleSettings None = new();

    /// <summary>Null: nothing is forwarded.</summary>
    public ForwardSetting? Forward { get; init; }

    /// <summary>Null: nobody is replied to.</summary>
    public VacationSetting? Vacation { get; init; }

    /// <summary>The sentence of a reply in which the account says nothing.</summary>
    public string Away { get; init; } = "";

    /// <summary>Addresses, and domains as "@example.org", whose mail goes to Junk.</summary>
    public IReadOnlyList<string> Blocked { get; init; } = [];

    /// <summary>Whether rules may send mail on to an address.</summary>
    public Predicate<string> MaySendTo { get; init; } = static _ => false;

    /// <summary>They do nothing.</summary>
    public bool IsEmpty => Blocked.Count == 0 && Vacation is null or { IsOff: true } && Forward?.Targets.Any(one => one.IsUsed) != true;
}
