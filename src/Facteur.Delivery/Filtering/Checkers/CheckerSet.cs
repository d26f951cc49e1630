using System.Collections.Concurrent;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Smtp;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>
/// Asks the checkers that are set up, all at once, each within its time. One that fails several times in a row is left alone for some
/// seconds: mail goes on, or waits, as its setting says, without every message waiting for the same dead program.
/// </summary>
internal sealed partial class CheckerSet(CheckerFactory factory, TimeProvider time, ILogger log)
{
    private const int FailuresToRest = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private static readonly SmtpRefusal CannotCheck = new(451, "4.7.1", "the message cannot be checked now; try again later");

    private readonly ConcurrentDictionary<string, Health> health = new();

    private sealed class Health
    {
        public int Failures;
        public long RestingSince;
    }

    public async ValueTask CheckAsync(FilterInput input, HostFindings host, FilterSettings settings, FilterScore score, CancellationToken cancel)
    {
        var checkers = factory.For(settings);
        if (checkers.Count == 0) return;
        var octets = input.Source.Length - input.Start;
        var runs = new List<Task<FilterScore>>();
        foreach (var checker in checkers)
        {
            if (input.Peer.Account is not null && !checker.Settings.Outbound) continue;
            if (octets > checker.Settings.MaxOctets)
                score.Add($"{checker.Name}.size", 0, $"too long for {checker.Name}, which did not look at it", $"trop long pour {checker.Name}, qui ne l'a pas examiné");
            else runs.Add(RunAsync(checker, input, host, cancel));
        }
        foreach (var found in await Task.WhenAll(runs)) score.Take(found);
    }

    private async Task<FilterScore> RunAsync(IMessageChecker checker, FilterInput input, HostFindings host, CancellationToken cancel)
    {
        var state = health.GetOrAdd(checker.Name, _ => new Health());
        if (Volatile.Read(ref state.Failures) >= FailuresToRest && time.GetElapsedTime(Volatile.Read(ref state.RestingSince)) < Rest) return Failed(checker);
        using var limit = new CancellationTokenSource(checker.Settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var found = new FilterScore();
        try
        {
            await checker.CheckAsync(input, host, found, either.Token);
            Volatile.Write(ref state.Failures, 0);
            return found;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Volatile.Write(ref state.RestingSince, time.GetTimestamp());
            Interlocked.Increment(ref state.Failures);
            LogFailed(checker.Name, input.Transaction, e is OperationCanceledException ? $"no answer within {checker.Settings.Timeout.TotalSeconds:0} s" : e.Message);
            return Failed(checker);
        }
    }

    private static FilterScore Failed(IMessageChecker checker)
    {
        var score = new FilterScore();
        score.Add($"{checker.Name}.failed", 0, $"{checker.Name} did not answer", $"{checker.Name} n'a pas répondu");
        if (checker.Settings.OnFailure == CheckerFailure.Defer) score.Reject(CannotCheck);
        return score;
    }

    [LoggerMessage(LogLevel.Error, "Checker {Checker} failed for message {Transaction}: {Problem}", EventName = "filter.checker.failed")]
    private partial void LogFailed(string checker, string transaction, string problem);
}
