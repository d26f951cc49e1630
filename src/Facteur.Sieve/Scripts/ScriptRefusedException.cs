namespace Facteur.Sieve.Scripts;

/// <summary>Why a change of scripts was refused; nothing was changed.</summary>
public enum ScriptRefusal : byte
{
    NonExistent,
    AlreadyExists,
    BadName,
    /// <summary>The script is longer than one may be.</summary>
    TooLarge,
    TooManyScripts,
    /// <summary>All scripts together would be longer than they may be.</summary>
    OverQuota,
    /// <summary>The active script is not deleted.</summary>
    IsActive,
    /// <summary>It is no script, or none that can run here: <see cref="ScriptRefusedException.Errors"/>.</summary>
    Invalid,
    /// <summary>It is not as it was when it was read.</summary>
    Changed,
}

/// <summary>Understood and refused.</summary>
/// <param name="sentence">One sentence for whoever wanted it.</param>
public sealed class ScriptRefusedException(ScriptRefusal reason, SieveSentence sentence, IReadOnlyList<SieveError>? errors = null) : Exception(sentence.ToString())
{
    /// <summary>Why, for people.</summary>
    public SieveSentence Sentence { get; } = sentence;

    public ScriptRefusal Reason { get; } = reason;

    /// <summary>What is wrong with the script, with <see cref="ScriptRefusal.Invalid"/>.</summary>
    public IReadOnlyList<SieveError> Errors { get; } = errors ?? [];
}
