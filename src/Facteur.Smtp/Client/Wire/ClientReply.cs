namespace Facteur.Smtp.Client.Wire;

/// <summary>A reply of the peer (RFC 5321 §4.2), bounded and safe to print.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="EnhancedCode">As written (RFC 2034 §4), or null.</param>
/// <param name="Text">Words of all lines joined by blanks, without codes; at most <see cref="AttemptOutcome.MaxText"/> characters.</param>
/// <param name="Lines">The words of each line, for EHLO; those that did not fit into the bounds are missing.</param>
internal sealed record ClientReply(int Code, string? EnhancedCode, string Text, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code < 300;
    public bool IsIntermediate => Code is >= 300 and < 400;
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>The peer closes the connection after it (RFC 5321 §3.8, §4.2.3; RFC 7504 §3 for 521).</summary>
    public bool IsClosing => Code is 421 or 521;

    public AttemptVerdict FailureVerdict => Code >= 500 ? AttemptVerdict.PermanentFailure : AttemptVerdict.TemporaryFailure;

    /// <summary>The enhanced code, or the one that says no more than the code does.</summary>
    public string EnhancedOrDefault => EnhancedCode ?? (Code < 300 ? "2.0.0" : Code is >= 400 and < 500 ? "4.0.0" : "5.0.0");
}
