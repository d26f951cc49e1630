using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>What an attempt at all hosts of a destination came to.</summary>
/// <param name="Outcomes">One for each recipient, in the order of the envelope.</param>
/// <param name="FailedHosts">Hosts that could not be talked to on the way there.</param>
/// <param name="Session">The last session, when it can take another transaction: the caller keeps or disposes it.</param>
public sealed record DeliveryResult(IReadOnlyList<AttemptOutcome> Outcomes, IReadOnlyList<AttemptOutcome> FailedHosts, IDeliverySession? Session);

/// <summary>One attempt: host after host until every recipient is settled.</summary>
public static class DeliveryAttempt
{
    /// <summary>Sessions of one attempt. RFC 5321 §5.1: at least two addresses should be tried.</summary>
    private const int MaxSessions = 3;

    /// <summary>
    /// Sends to the hosts of the route in turn. Recipients that a host puts off are offered to the next one (RFC 5321 §5.1);
    /// delivered, refused and uncertain ones are not.
    /// </summary>
    /// <param name="kept">A session of the same route and demands that was kept from before, or null; taken over.</param>
    /// <param name="mark">Called before each transaction; what it answers is disposed of after it. Null: nobody wants to know.</param>
    public static async ValueTask<DeliveryResult> SendAsync(
        this IDeliveryConnector connector, DeliveryRoute route, TransportDemands demands, OutgoingEnvelope envelope, OutgoingContent content,
        IDeliverySession? kept, Func<IDisposable>? mark, CancellationToken cancel)
    {
        var outcomes = new AttemptOutcome?[envelope.Recipients.Count];
        if (envelope.Sender.Length == 0) demands = demands with { RequireTls = false }; // RFC 8689 §5: a report is not lost for it
        var session = kept;
        IDeliveryPath? path = null;
        try
        {
            // A kept session may have died of age since; it counts for none.
            for (var sessions = kept is null ? 1 : 0; sessions <= MaxSessions; sessions++)
            {
                session ??= await (path ??= await connector.OpenAsync(route, demands, cancel)).ConnectAsync(cancel);
                if (session is null) break;
                await SendRestAsync(session, envelope, content, outcomes, mark, cancel);
                if (sessions == MaxSessions || !outcomes.Any(outcome => outcome is null or { ConcernsHost: true })) break;
                await session.DisposeAsync();
                session = null;
            }
            var result = new DeliveryResult(Settle(outcomes, path), path?.FailedHosts ?? [], session is { CanSend: true } ? session : null);
            if (result.Session is not null) session = null;
            return result;
        }
        finally
        {
            if (session is not null) await session.DisposeAsync();
        }
    }

    /// <summary>Offers the recipients that no host has settled, in groups that the host takes.</summary>
    private static async ValueTask SendRestAsync(
        IDeliverySession session, OutgoingEnvelope envelope, OutgoingContent content, AttemptOutcome?[] outcomes, Func<IDisposable>? mark, CancellationToken cancel)
    {
        var open = new Queue<int>(Enumerable.Range(0, outcomes.Length).Where(i => outcomes[i] is null or { ConcernsHost: true }));
        while (open.Count > 0 && session.CanSend)
        {
            var group = new List<int>();
            while (group.Count < session.MaxRecipients && open.TryDequeue(out var next)) group.Add(next);
            IReadOnlyList<AttemptOutcome> answers;
            using (mark?.Invoke()) answers = await session.SendAsync(envelope with { Recipients = [.. group.Select(i => envelope.Recipients[i])] }, content, cancel);
            for (var i = 0; i < group.Count; i++) outcomes[group[i]] = answers[i];
            // "Too many recipients" means the rest of them in another transaction, as long as that gets anywhere (RFC 5321 §4.5.3.1.10).
            if (answers.Any(answer => answer.Verdict == AttemptVerdict.Delivered))
                foreach (var i in group.Where(i => outcomes[i] is { Stage: SmtpStage.Rcpt, ReplyCode: 452 or 552, EnhancedCode: "4.5.3" or "4.0.0" }))
                    open.Enqueue(i);
        }
    }

    private static AttemptOutcome[] Settle(AttemptOutcome?[] outcomes, IDeliveryPath? path) =>
        [.. outcomes.Select(outcome => outcome ?? path?.Failure ?? Lost)];

    private static readonly AttemptOutcome Lost = new()
    {
        Verdict = AttemptVerdict.TemporaryFailure,
        Stage = SmtpStage.Mail,
        EnhancedCode = "4.4.2",
        Text = "the connection ended before this recipient was offered",
    };
}
