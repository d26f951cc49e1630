using System.Globalization;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>What an attempt brought for one recipient, with the host's state of DSN.</summary>
/// <param name="IsFinal">The host put it into a mailbox itself (LMTP).</param>
/// <param name="FailedHosts">Hosts that could not be talked to on the way there.</param>
internal sealed record RecipientOutcome(QueueRecipient Recipient, AttemptOutcome Outcome, bool IsFinal, IReadOnlyList<AttemptOutcome> FailedHosts);

/// <summary>What the outcome of an attempt means: delivered, tried again at some time, or given up; what the sender is owed; what the trace says.</summary>
internal sealed class AttemptReading(RetrySchedule schedule, QueueMessage message, DateTimeOffset now)
{
    /// <summary>Longest value in the trace.</summary>
    private const int MaxDetail = 1_000;

    // Recipients of one attempt get one time, so that they go together the next time too.
    private readonly Dictionary<int, DateTimeOffset> next = [];

    public AttemptResult Result(RecipientOutcome read)
    {
        var (recipient, outcome) = (read.Recipient, read.Outcome);
        var attempts = recipient.Attempts + 1;
        var state = outcome.Verdict switch
        {
            AttemptVerdict.Delivered => QueueState.Delivered,
            AttemptVerdict.PermanentFailure => QueueState.Failed,
            _ => schedule.IsExhausted(message, attempts, now) ? QueueState.Failed : QueueState.Waiting,
        };
        var report = state switch
        {
            QueueState.Delivered => Reports.OnDelivery(message, recipient.Notify, outcome.DsnPassedOn, read.IsFinal),
            QueueState.Failed => Reports.OnFailure(message, recipient.Notify),
            _ when !recipient.DelayReported && schedule.IsDelayed(message, attempts, now) => Reports.OnDelay(message, recipient.Notify),
            _ => QueueReport.None,
        };
        return new AttemptResult(recipient.Id, state, state == QueueState.Waiting ? Next(attempts) : null, report,
            now, outcome.Elapsed, outcome.Host?.Name ?? "", outcome.ToString(), outcome.ReplyCode, outcome.EnhancedCode, Security(outcome));
    }

    public TraceEvent Trace(RecipientOutcome read, AttemptResult result)
    {
        var kind = result.State switch
        {
            QueueState.Delivered => TraceKind.Sent,
            QueueState.Failed => TraceKind.Failed,
            _ => TraceKind.Attempt,
        };
        var detail = new List<KeyValuePair<string, string>>(6);
        Add("host", Host(read.Outcome));
        Add("answer", result.Answer);
        Add("code", result.EnhancedCode);
        Add("security", result.Security);
        Add("next", result.NextAttempt?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "");
        Add("failed", string.Join("; ", read.FailedHosts.Select(host => $"{Host(host)}: {host}")));
        if (result.State == QueueState.Failed && read.Outcome.Verdict == AttemptVerdict.TemporaryFailure) Add("expired", "true");
        return new TraceEvent(now, kind, message.Account, message.Transaction, message.MessageId, message.Sender, read.Recipient.Address, detail) { Queue = message.Id };

        void Add(string name, string value)
        {
            if (value.Length > 0) detail.Add(new(name, value.Length <= MaxDetail ? value : value[..MaxDetail]));
        }
    }

    private DateTimeOffset Next(int attempts) =>
        next.TryGetValue(attempts, out var known) ? known : next[attempts] = schedule.Next(now, attempts);

    private static string Host(AttemptOutcome outcome) => outcome.Host switch
    {
        { Address: { } address } host => $"{host.Name} [{address.Address}]",
        { } host => host.Name,
        null => "",
    };

    private static string Security(AttemptOutcome outcome) => outcome.Tls switch
    {
        null => "",
        { Verification: TlsVerification.None } tls => tls.Version,
        { Verification: TlsVerification.Tlsa } tls => $"{tls.Version} DANE",
        var tls => $"{tls.Version} verified",
    };
}
