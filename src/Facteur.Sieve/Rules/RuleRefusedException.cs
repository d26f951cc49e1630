namespace Facteur.Sieve.Rules;

public enum RuleRefusal : byte
{
    /// <summary>Something in the rule cannot be; <see cref="RuleRefusedException.Place"/> says what.</summary>
    Invalid,

    /// <summary>There is no rule of that id.</summary>
    NonExistent,

    /// <summary>More rules, or longer ones together, than an account may have.</summary>
    TooMany,

    /// <summary>Nobody agreed yet that mail is sent on to the address.</summary>
    NotConfirmed,

    /// <summary>The script of the rules was edited by hand.</summary>
    Edited,
}

/// <summary>A change of rules that is not made.</summary>
/// <param name="place">What it is about: "actions/0/address"; "" for the rule as a whole.</param>
/// <param name="sentence">One sentence without its stop.</param>
public sealed class RuleRefusedException(RuleRefusal reason, SieveSentence sentence, string place = "") : Exception(sentence.ToString())
{
    /// <summary>Why, for people.</summary>
    public SieveSentence Sentence { get; } = sentence;

    public RuleRefusal Reason { get; } = reason;

    public string Place { get; } = place;
}
