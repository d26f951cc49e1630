using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>A step on the way to a ready session did not succeed. Caught by the session, never seen by its callers.</summary>
internal sealed class StepException : Exception
{
    public StepException(ClientReply reply, AttemptVerdict? verdict = null)
        : base(reply.Text)
    {
        Verdict = verdict ?? reply.FailureVerdict;
        Code = reply.Code;
        EnhancedCode = reply.EnhancedOrDefault;
    }

    public StepException(AttemptVerdict verdict, string enhancedCode, string text)
        : base(text)
    {
        Verdict = verdict;
        EnhancedCode = enhancedCode;
    }

    public AttemptVerdict Verdict { get; }
    public int Code { get; }
    public string EnhancedCode { get; }
    public TlsFault TlsFault { get; init; }
}
