using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Transport;

/// <summary>Fetches a document; GuardedHttp.SendAsync in the server.</summary>
public delegate Task<HttpFetch> DocumentFetch(HttpFetchRequest request, CancellationToken cancel);

/// <summary>
/// The MTA-STS policies of destinations: found by DNS, fetched by HTTPS, kept for as long as they say (RFC 8461 §3). Invariant: a kept
/// policy that has not expired is applied whatever DNS or the web server say now, unless they give a newer one (§3.3).
/// </summary>
public sealed partial class MtaStsPolicies(
    DnsResolver resolver, DocumentFetch fetch, IMtaStsPolicyStore store, ITlsObserver? observer, TimeProvider time, ILogger<MtaStsPolicies>? logger = null)
{
    /// <summary>A policy that could not be fetched is not asked for again before this has passed (RFC 8461 §3.3: five minutes or longer).</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromMinutes(5);

    /// <summary>Kept policies are fetched again when they are as old as this, whatever their TXT record says (RFC 8461 §3.3, §10.2).</summary>
    private static readonly TimeSpan RefreshAge = TimeSpan.FromDays(1);

    private const int MaxKept = 10_000;

    private readonly ILogger logger = logger ?? NullLogger<MtaStsPolicies>.Instance;
    private readonly Lock gate = new();
    private readonly Dictionary<string, CachedMtaStsPolicy?> kept = [];
    private readonly Dictionary<(string Domain, string Id), DateTimeOffset> failures = [];
    private readonly Dictionary<string, Task<MtaStsPolicy?>> fetching = [];

    /// <summary>The policy to apply to mail for a domain; null when there is none, or it says "none".</summary>
    /// <param name="domain">A-labels, lower case.</param>
    public async ValueTask<MtaStsPolicy?> FindAsync(string domain, CancellationToken cancel)
    {
        var cached = await FindKeptAsync(domain, cancel);
        var answer = await resolver.QueryAsync("_mta-sts." + domain, DnsType.Txt, cancel);
        var id = answer.Status == DnsStatus.Success ? MtaStsPolicyText.ReadRecord(answer.Records.OfType<TxtRecordData>().Select(record => record.Text)) : null;
        if (id is not null && id != cached?.Id && !HasFailed(domain, id))
        {
            var fetched = await FetchOnceAsync(domain, id, cancel);
            if (fetched is not null) return InForce(fetched);
        }
        return cached is null ? null : InForce(cached.Policy);
    }

    /// <summary>Fetches the policies again that have not been looked at for a day. Called from time to time; errors are told in the log.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        foreach (var cached in await store.FetchedBeforeAsync(time.GetUtcNow() - RefreshAge, cancel))
        {
            if (cached.Expires <= time.GetUtcNow()) continue;
            var answer = await resolver.QueryAsync("_mta-sts." + cached.Domain, DnsType.Txt, cancel);
            var id = MtaStsPolicyText.ReadRecord(answer.Records.OfType<TxtRecordData>().Select(record => record.Text)) ?? cached.Id;
            if (!HasFailed(cached.Domain, id) && await FetchOnceAsync(cached.Domain, id, cancel) is null && cached.Policy.Mode != MtaStsMode.None)
                LogNotRefreshed(cached.Domain, cached.Expires);
        }
    }

    private static MtaStsPolicy? InForce(MtaStsPolicy policy) => policy.Mode == MtaStsMode.None ? null : policy;

    private async ValueTask<CachedMtaStsPolicy?> FindKeptAsync(string domain, CancellationToken cancel)
    {
        CachedMtaStsPolicy? found;
        bool isKnown;
        lock (gate) isKnown = kept.TryGetValue(domain, out found);
        if (!isKnown) Keep(domain, found = await store.FindAsync(domain, cancel));
        return found is not null && found.Expires > time.GetUtcNow() ? found : null;
    }

    private void Keep(string domain, CachedMtaStsPolicy? policy)
    {
        lock (gate)
        {
            if (kept.Count >= MaxKept) kept.Clear(); // the store has them
            kept[domain] = policy;
        }
    }

    private bool HasFailed(string domain, string id)
    {
        lock (gate) return failures.TryGetValue((domain, id), out var at) && time.GetUtcNow() - at < FailurePause;
    }

    /// <summary>Any number of deliveries wait for one request.</summary>
    private async Task<MtaStsPolicy?> FetchOnceAsync(string domain, string id, CancellationToken cancel)
    {
        Task<MtaStsPolicy?> task;
        lock (gate)
        {
            if (!fetching.TryGetValue(domain, out task!))
                // Not the caller's token: others may wait for it too. The request has a deadline.
                fetching[domain] = task = Task.Run(() => FetchAsync(domain, id), CancellationToken.None);
        }
        return await task.WaitAsync(cancel);
    }

    private async Task<MtaStsPolicy?> FetchAsync(string domain, string id)
    {
        try
        {
            // No redirect is followed, and only 200 counts (RFC 8461 §3.3).
            var answer = await fetch(new HttpFetchRequest(new Uri($"https://mta-sts.{domain}/.well-known/mta-sts.txt")) { MaxOctets = 64 * 1024, Deadline = TimeSpan.FromMinutes(1) }, CancellationToken.None);
            if (answer is not { Outcome: HttpOutcome.Answered, Status: 200, MediaType: "text/plain" }) return Failed(domain, id, Result(answer), Reason(answer));
            if (MtaStsPolicyText.Read(System.Text.Encoding.UTF8.GetString(answer.Body), out var problem) is not { } policy)
                return Failed(domain, id, TlsResultType.StsPolicyInvalid, problem!);
            var cached = new CachedMtaStsPolicy(domain, id, policy, time.GetUtcNow());
            await store.SaveAsync(cached, CancellationToken.None);
            Keep(domain, cached);
            return policy;
        }
        catch (Exception e)
        {
            LogFetchBroke(e, domain);
            return Failed(domain, id, TlsResultType.StsPolicyFetchError, "the policy could not be kept");
        }
        finally
        {
            lock (gate) fetching.Remove(domain);
        }
    }

    private MtaStsPolicy? Failed(string domain, string id, TlsResultType result, string reason)
    {
        lock (gate)
        {
            if (failures.Count >= MaxKept) failures.Clear();
            failures[(domain, id)] = time.GetUtcNow();
        }
        LogFetchFailed(domain, reason);
        observer?.Observe(new TlsObservation(time.GetUtcNow(), domain, TlsPolicyType.Sts, [], [], result, null, null, null, reason));
        return null;
    }

    private static TlsResultType Result(HttpFetch answer) => answer.Outcome switch
    {
        HttpOutcome.TlsFailed => TlsResultType.StsWebPkiInvalid,
        HttpOutcome.TooLarge => TlsResultType.StsPolicyInvalid,
        _ => TlsResultType.StsPolicyFetchError,
    };

    private static string Reason(HttpFetch answer) => answer switch
    {
        { Outcome: not HttpOutcome.Answered } => answer.Sentence,
        { Status: not 200 } => $"the web server answers {answer.Status}",
        _ => $"the policy is {answer.MediaType ?? "of no type"}, not text/plain",
    };

    [LoggerMessage(LogLevel.Information, "The MTA-STS policy of {Domain} was not had: {Reason}")]
    private partial void LogFetchFailed(string domain, string reason);

    [LoggerMessage(LogLevel.Warning, "The MTA-STS policy of {Domain} could not be fetched again; the one kept ends on {Until:u}")]
    private partial void LogNotRefreshed(string domain, DateTimeOffset until);

    [LoggerMessage(LogLevel.Error, "Fetching the MTA-STS policy of {Domain} broke")]
    private partial void LogFetchBroke(Exception e, string domain);
}
