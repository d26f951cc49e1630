using System.Globalization;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>Makes steps of what a session tells its observer, and marks the one that failed.</summary>
internal sealed class StepRecorder : ISmtpClientObserver
{
    private readonly TimeProvider time;
    private readonly string host;
    private readonly string? user;
    private readonly List<ProbeStep> steps;
    private readonly List<(SmtpStage Stage, ProbeLine Line)> pending = [];
    private string[] tls = [];
    private long since;

    /// <param name="steps">Those before the session; the session's are added.</param>
    public StepRecorder(List<ProbeStep> steps, string host, string? user, TimeProvider time)
    {
        (this.steps, this.host, this.user, this.time) = (steps, host, user, time);
        since = time.GetTimestamp();
    }

    /// <summary>Set by the check of the handshake.</summary>
    public CertificateFacts? Certificate { get; set; }

    /// <summary>A TLSA record matched.</summary>
    public bool IsVerifiedByTlsa { get; set; }

    public void Sent(SmtpStage stage, string line) => pending.Add((stage, new ProbeLine(true, line)));

    public void Received(SmtpStage stage, string line) => pending.Add((stage, new ProbeLine(false, line.TrimEnd())));

    public void Note(SmtpStage stage, string text)
    {
        if (stage == SmtpStage.Tls) tls = text.Split(", ");
    }

    public void Finished(SmtpStage stage, TimeSpan elapsed)
    {
        since = time.GetTimestamp();
        if (KindOf(stage) is { } kind) Close(kind, stage, elapsed);
    }

    /// <summary>The step at which the way ends; what was said behind it (commands that went out together) is left out.</summary>
    public void Fail(SmtpStage stage, ProbeWords finding)
    {
        // A session that broke off has not told the end of its step.
        var rest = time.GetElapsedTime(since);
        var kind = KindOf(stage) ?? ProbeStepKind.Connect;
        var at = steps.FindLastIndex(step => step.Kind == kind);
        if (at < 0 || rest > TimeSpan.Zero || pending.Exists(one => one.Stage == stage))
        {
            if (at >= 0) steps.RemoveRange(at + 1, steps.Count - at - 1);
            Close(kind, stage, rest);
            at = steps.Count - 1;
        }
        steps[at] = steps[at] with { State = ProbeState.Failed, Result = null, Finding = finding };
        steps.RemoveRange(at + 1, steps.Count - at - 1);
    }

    private void Close(ProbeStepKind kind, SmtpStage stage, TimeSpan elapsed)
    {
        IReadOnlyList<ProbeLine> lines = [.. pending.Where(one => one.Stage == stage).Select(one => one.Line)];
        pending.RemoveAll(one => one.Stage == stage);
        // STARTTLS and the handshake are one step, as are DATA and the content.
        if (steps.Count > 0 && steps[^1] is { } last && last.Kind == kind)
        {
            (elapsed, lines) = (last.Elapsed + elapsed, [.. last.Dialogue, .. lines]);
            steps.RemoveAt(steps.Count - 1);
        }
        var step = new ProbeStep(kind, ProbeState.Ok, elapsed, Describe(kind, lines), null, lines);
        steps.Add(kind == ProbeStepKind.Tls ? JudgeTls(step) : step);
    }

    private ProbeWords? Describe(ProbeStepKind kind, IReadOnlyList<ProbeLine> lines)
    {
        var answer = lines.LastOrDefault(line => !line.IsOurs)?.Text;
        return kind switch
        {
            ProbeStepKind.Hello => Offered(lines),
            ProbeStepKind.Tls => DescribeTls(),
            ProbeStepKind.Login when user is not null => new ProbeWords("LoggedIn", user, lines.FirstOrDefault(line => line.IsOurs)?.Text.Split(' ') is [_, var mechanism, ..] ? mechanism : ""),
            _ => answer is null ? null : new ProbeWords("Answer", answer),
        };
    }

    /// <summary>The lines behind the first are what is offered (RFC 5321 §4.1.1.1).</summary>
    private static ProbeWords Offered(IReadOnlyList<ProbeLine> lines)
    {
        var offers = lines.Reverse().TakeWhile(line => !line.IsOurs).Reverse().Skip(1).Select(line => line.Text.Length > 4 ? line.Text[4..] : "").Where(text => text.Length > 0).ToList();
        return offers.Count == 0 ? new ProbeWords("OffersNothing") : new ProbeWords("Offers", string.Join(", ", offers));
    }

    private ProbeWords? DescribeTls()
    {
        if (tls is not [var version, var cipher, ..]) return null;
        if (Certificate is not { Fault: not CertificateFault.Missing } certificate) return new ProbeWords("TlsAnonymous", version, cipher);
        var how = IsVerifiedByTlsa ? "VerifiedTlsa" : certificate.Fault == CertificateFault.None ? "VerifiedName" : "Unverified";
        return new ProbeWords("TlsOn", version, cipher, certificate.Names, certificate.Issuer, Day(certificate.NotAfter), new ProbeWords(how));
    }

    private ProbeStep JudgeTls(ProbeStep step)
    {
        if (step.Result is null) return step.Warn(new ProbeWords("InClear", host));
        return IsVerifiedByTlsa || Certificate is null or { Fault: CertificateFault.None } ? step : step.Warn(ProbeDiagnosis.Of(Certificate, host));
    }

    internal static string Day(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static ProbeStepKind? KindOf(SmtpStage stage) => stage switch
    {
        SmtpStage.Resolve => ProbeStepKind.Addresses,
        SmtpStage.Greeting => ProbeStepKind.Greeting,
        SmtpStage.Ehlo => ProbeStepKind.Hello,
        SmtpStage.Tls => ProbeStepKind.Tls,
        SmtpStage.Auth => ProbeStepKind.Login,
        SmtpStage.Mail => ProbeStepKind.Sender,
        SmtpStage.Rcpt => ProbeStepKind.Recipient,
        SmtpStage.Data => ProbeStepKind.Content,
        SmtpStage.ContentEnd => ProbeStepKind.Acceptance,
        _ => null,
    };
}
