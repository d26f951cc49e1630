namespace Facteur.Delivery.Probing;

/// <summary>A step on the way to a host, in the order in which they come.</summary>
public enum ProbeStepKind : byte
{
    /// <summary>The mail exchangers of a domain.</summary>
    Exchangers,
    /// <summary>What is asked of TLS: MTA-STS, TLSA.</summary>
    Policy,
    Addresses,
    Connect,
    Greeting,
    Hello,
    Tls,
    Login,
    Sender,
    Recipient,
    Content,
    /// <summary>The answer to the end of the message.</summary>
    Acceptance,
}

/// <summary>How a step went.</summary>
public enum ProbeState : byte
{
    Ok,
    /// <summary>It goes on, and something is to be mended.</summary>
    Warning,
    Failed,
}

/// <summary>Something to be said in the reader's language.</summary>
/// <param name="Code">Stable name of the text.</param>
/// <param name="Arguments">What the text mentions: strings, other words, or lists of them.</param>
public sealed record ProbeWords(string Code, params object[] Arguments);

/// <summary>A line of the conversation, credentials left out.</summary>
/// <param name="IsOurs">We said it.</param>
public sealed record ProbeLine(bool IsOurs, string Text);

/// <summary>A step and what came of it.</summary>
/// <param name="Result">What was found; null when the finding says it all.</param>
/// <param name="Finding">What is wrong: its text is the cause, and there is advice for it; null when all is well.</param>
public sealed record ProbeStep(ProbeStepKind Kind, ProbeState State, TimeSpan Elapsed, ProbeWords? Result, ProbeWords? Finding, IReadOnlyList<ProbeLine> Dialogue)
{
    internal static ProbeStep Good(ProbeStepKind kind, TimeSpan elapsed, ProbeWords result) => new(kind, ProbeState.Ok, elapsed, result, null, []);
    internal static ProbeStep Failed(ProbeStepKind kind, TimeSpan elapsed, ProbeWords finding) => new(kind, ProbeState.Failed, elapsed, null, finding, []);

    /// <summary>The same with a finding that does not end the way.</summary>
    internal ProbeStep Warn(ProbeWords finding) => this with { State = ProbeState.Warning, Finding = finding };
}

/// <summary>The steps with one host, or those that look for hosts; a failed step is the last.</summary>
/// <param name="Name">The host or the domain.</param>
public sealed record ProbeSection(string Name, IReadOnlyList<ProbeStep> Steps)
{
    public ProbeState State => Steps.Count == 0 ? ProbeState.Ok : Steps.Max(step => step.State);
}

/// <summary>What a probe found.</summary>
public sealed record ProbeReport(IReadOnlyList<ProbeSection> Sections)
{
    /// <summary>Failed when no host could be used; a warning when one of several could not, or something is to be mended.</summary>
    public ProbeState State
    {
        get
        {
            var hosts = Sections.Where(section => section.Steps.Any(step => step.Kind == ProbeStepKind.Addresses)).ToList();
            if (hosts.Count == 0 || hosts.TrueForAll(host => host.State == ProbeState.Failed)) return ProbeState.Failed;
            return Sections.Any(section => section.State != ProbeState.Ok) ? ProbeState.Warning : ProbeState.Ok;
        }
    }
}
