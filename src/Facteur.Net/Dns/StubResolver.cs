using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Net.Dns;

/// <summary>
/// Asks recursive resolvers (RFC 1035, EDNS by RFC 6891) and keeps their answers. Whether an answer is authentic is the word of
/// a resolver that we trust (RFC 4035 §4.9.3); nothing is validated here. One question asked by many at a time goes out once.
/// Without servers or network every answer is a failure at once, and the process works on.
/// </summary>
public sealed partial class StubResolver : DnsResolver, IDisposable
{
    private static readonly Meter meter = new("Facteur.Net");
    private static readonly Counter<long> questions = meter.CreateCounter<long>("facteur.dns.questions", "{question}", "Questions that went out, by status");
    private static readonly Counter<long> hits = meter.CreateCounter<long>("facteur.dns.cache.hits", "{question}", "Questions answered from memory");

    private readonly ConcurrentDictionary<DnsQuestion, Lazy<Task<DnsAnswer>>> underWay = new();
    private readonly StubResolverOptions options;
    private readonly TimeProvider time;
    private readonly DnsCache cache;
    private readonly DnsAsker asker;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopped = new();

    public StubResolver(StubResolverOptions options, TimeProvider time, ILogger<StubResolver>? logger = null)
    {
        this.options = options;
        this.time = time;
        this.logger = logger ?? NullLogger<StubResolver>.Instance;
        cache = new DnsCache(options.CacheOctets, time);
        asker = new DnsAsker(options, new NameServerSet(options, time), time, this.logger);
    }

    /// <summary>Forgets every kept answer (an operator repaired his zone).</summary>
    public void Forget() => cache.Clear();

    /// <summary>Octets of memory that kept answers are reckoned to take.</summary>
    public long CachedOctets => cache.Octets;

    /// <inheritdoc/>
    /// <remarks>A name that cannot exist (RFC 1035 §2.3.4) does not: <see cref="DnsStatus.NoSuchName"/>, without asking. U-labels are asked for as A-labels.</remarks>
    public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return ValueTask.FromCanceled<DnsAnswer>(cancel);
        if (DnsName.Normalize(name) is not { } normal) return new(new DnsAnswer(DnsStatus.NoSuchName, [], false, name, TimeSpan.Zero));
        var question = new DnsQuestion(normal, type);
        if (cache.Find(question) is { } kept)
        {
            hits.Add(1);
            return new(kept);
        }
        // Whoever asks first starts the work; nobody's cancellation ends it for the others, its own deadline does.
        var work = underWay.GetOrAdd(question, static (question, self) => new(() => self.AnswerAsync(question)), this);
        return new(work.Value.WaitAsync(cancel));
    }

    /// <summary>Questions under way end as <see cref="DnsStatus.Timeout"/>, and so do later ones.</summary>
    public void Dispose() => stopped.Cancel();

    private async Task<DnsAnswer> AnswerAsync(DnsQuestion question)
    {
        var answer = Failure(DnsStatus.Timeout, question.Name);
        var wireOctets = 0;
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopped.Token);
        try
        {
            (answer, wireOctets) = await ChaseAsync(question, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The deadline has passed, or the process ends: Timeout.
        }
        catch (Exception e)
        {
            LogQuestionFailed(e, question.Name, question.Type);
            answer = Failure(DnsStatus.ServerFailure, question.Name);
        }
        cache.Keep(question, answer, wireOctets);
        underWay.TryRemove(question, out _);
        questions.Add(1, new KeyValuePair<string, object?>("status", answer.Status.ToString()));
        return answer;
    }

    /// <summary>Recursive resolvers follow CNAMEs themselves; forwarders exist that leave the end of a chain to us.</summary>
    private async Task<(DnsAnswer Answer, int WireOctets)> ChaseAsync(DnsQuestion question, CancellationToken cancel)
    {
        var at = question;
        var authentic = true;
        var ttl = uint.MaxValue;
        var octets = 0;
        for (var chain = 0; ;)
        {
            var (failure, reply, isTrusted) = await asker.AskAsync(at, cancel);
            if (reply is null) return (Failure(failure, at.Name), octets);
            authentic &= isTrusted && reply.IsAuthenticData;
            octets += reply.Octets;
            chain += reply.ChainLength;
            if (!IsUnfinished(reply)) return (Finished(reply, authentic, Math.Min(ttl, reply.TtlSeconds)), octets);
            if (chain > DnsReplyParser.MaxChain || DnsName.Normalize(reply.CanonicalName) != reply.CanonicalName)
                return (Failure(DnsStatus.ServerFailure, reply.CanonicalName), octets);
            at = question with { Name = reply.CanonicalName };
            ttl = Math.Min(ttl, reply.ChainTtlSeconds);
        }
    }

    private static bool IsUnfinished(DnsReply reply) =>
        reply is { ResponseCode: DnsReply.NoError, Records.Count: 0, ChainLength: > 0, HasAuthority: false };

    private DnsAnswer Finished(DnsReply reply, bool authentic, uint ttlSeconds)
    {
        var status = reply.ResponseCode == DnsReply.NxDomain ? DnsStatus.NoSuchName : reply.Records.Count > 0 ? DnsStatus.Success : DnsStatus.NoData;
        var most = status == DnsStatus.Success || options.MaxNegativeTtl > options.MaxTtl ? options.MaxTtl : options.MaxNegativeTtl;
        var ttl = TimeSpan.FromSeconds(ttlSeconds);
        if (ttl < options.MinTtl) ttl = options.MinTtl;
        if (ttl > most) ttl = most;
        return new DnsAnswer(status, status == DnsStatus.Success ? reply.Records : [], authentic, reply.CanonicalName, ttl);
    }

    private DnsAnswer Failure(DnsStatus status, string name) => new(status, [], false, name, options.FailureTtl);

    [LoggerMessage(LogLevel.Error, "DNS question {Name} {Type} failed")]
    private partial void LogQuestionFailed(Exception e, string name, DnsType type);
}
