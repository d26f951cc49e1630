using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Facteur.Net.Dns;

/// <summary>
/// Puts one question to the servers until one of them answers it: in order, each over UDP and, when the reply is cut, TCP; with
/// and then without EDNS; all of them again as often as the options say. A server that says "I cannot" is not asked a second time.
/// What a trusted resolver could not answer is not asked of one that is not: the answer could be the very one that validation
/// keeps away, and whoever slows a domain down would have taken its DNSSEC away. Only when no trusted one can be reached at all
/// do the others answer, without authenticity. While all seem dead, each is asked once and for a moment only: a client waits, and
/// the first of them that answers ends the haste.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore that is never waited for by its handle holds nothing; questions under way still give their places back at the end.")]
internal sealed partial class DnsAsker(StubResolverOptions options, NameServerSet servers, TimeProvider time, ILogger logger)
{
    private readonly SemaphoreSlim places = new(options.MaxQueries);

    /// <summary>The reply of a server that could answer, or why none could.</summary>
    public async Task<(DnsStatus Failure, DnsReply? Reply, bool IsTrusted)> AskAsync(DnsQuestion question, CancellationToken cancel)
    {
        var failure = DnsStatus.Timeout;
        var order = servers.InOrder();
        var gaveUp = new HashSet<NameServer>();
        var patience = Patience(order);
        for (var attempt = 0; attempt < patience.Attempts; attempt++)
            foreach (var server in order)
            {
                if (gaveUp.Contains(server)) continue;
                var (exchange, reply) = await AskServerAsync(server, question, patience, cancel);
                if (server.IsTrusted && exchange != DnsExchange.Unreachable) gaveUp.UnionWith(order.Where(other => !other.IsTrusted));
                if (exchange is DnsExchange.Silent or DnsExchange.Unreachable) continue;
                if (reply is { ResponseCode: DnsReply.NoError or DnsReply.NxDomain, IsEndless: false }) return (DnsStatus.Success, reply, server.IsTrusted);
                failure = DnsStatus.ServerFailure;
                if (reply is { ResponseCode: DnsReply.ServFail, IsValidationFailure: true }) return (DnsStatus.Bogus, null, server.IsTrusted);
                gaveUp.Add(server);
            }
        return (failure, null, false);
    }

    private DnsPatience Patience(IReadOnlyList<NameServer> order)
    {
        var usual = servers.QueryTimeout;
        if (order.Count == 0 || !order.All(server => server.IsDead)) return new(usual, servers.Attempts, false);
        return new(usual < options.DeadQueryTimeout ? usual : options.DeadQueryTimeout, 1, true);
    }

    private async Task<(DnsExchange Exchange, DnsReply? Reply)> AskServerAsync(NameServer server, DnsQuestion question, DnsPatience patience, CancellationToken cancel)
    {
        var form = new DnsQueryForm(!server.IsPlain, server.IsTrusted, false, options.MixCase);
        var (exchange, reply) = await SendAsync(server, question, form, patience, cancel);
        // A server that does not know OPT says FORMERR (RFC 6891 §7), an unwilling one NOTIMP or BADVERS.
        if (form.UseEdns && reply is { ResponseCode: DnsReply.FormErr or DnsReply.NotImp or DnsReply.BadVers })
        {
            (exchange, reply) = await SendAsync(server, question, form with { UseEdns = false }, patience, cancel);
            if (reply is { ResponseCode: DnsReply.NoError or DnsReply.NxDomain }) server.RefusedEdns();
        }
        if (exchange is DnsExchange.Silent or DnsExchange.Unreachable)
        {
            // Silence of a moment proves nothing new: the server is dead until its time is over, and then has the usual time again.
            if (!patience.IsHurried && server.Silent(options.DeadTime)) LogDead(server.EndPoint, exchange);
            return (exchange, null);
        }
        if (server.Answered()) LogAlive(server.EndPoint);
        if (server.IsTrusted && reply is { ResponseCode: DnsReply.ServFail, IsValidationFailure: false } && await FailsOnlyWhenCheckedAsync(server, question, form, patience, cancel))
            reply = reply with { IsValidationFailure = true };
        return (exchange, reply);
    }

    /// <summary>Many resolvers do not say why they fail: when there is an answer with checking disabled, validation is the reason.</summary>
    private async Task<bool> FailsOnlyWhenCheckedAsync(NameServer server, DnsQuestion question, DnsQueryForm form, DnsPatience patience, CancellationToken cancel)
    {
        var (_, reply) = await SendAsync(server, question, form with { CheckingDisabled = true }, patience, cancel);
        return reply is { ResponseCode: DnsReply.NoError or DnsReply.NxDomain };
    }

    private async Task<(DnsExchange Exchange, DnsReply? Reply)> SendAsync(NameServer server, DnsQuestion question, DnsQueryForm form, DnsPatience patience, CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        try
        {
            var result = await InTimeAsync(DnsTransport.AskUdpAsync, server, new DnsQuery(question, form), patience.Time, cancel);
            return result.Reply is { IsTruncated: true }
                ? await InTimeAsync(DnsTransport.AskTcpAsync, server, new DnsQuery(question, form), patience.Time, cancel)
                : result;
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<(DnsExchange Exchange, DnsReply? Reply)> InTimeAsync(
        Func<NameServer, DnsQuery, CancellationToken, Task<(DnsExchange Exchange, DnsReply? Reply)>> ask, NameServer server, DnsQuery query, TimeSpan patience, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            return await ask(server, query, linked.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (DnsExchange.Silent, null);
        }
    }

    /// <param name="Time">For one query.</param>
    /// <param name="IsHurried">All servers seem dead.</param>
    private readonly record struct DnsPatience(TimeSpan Time, int Attempts, bool IsHurried);

    [LoggerMessage(LogLevel.Warning, "Name server {Server} does not answer ({Exchange}); others are asked first for a while")]
    private partial void LogDead(IPEndPoint server, DnsExchange exchange);

    [LoggerMessage(LogLevel.Information, "Name server {Server} answers again")]
    private partial void LogAlive(IPEndPoint server);
}
