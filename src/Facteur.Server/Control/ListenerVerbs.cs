using Facteur.Server.Configuration;
using Facteur.Server.Running;

namespace Facteur.Server.Control;

/// <summary>Verbs over the open listeners and the configuration they come from.</summary>
internal sealed class ListenerVerbs(IServerState? server)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("listener.list", ListAsync), ("reload", ReloadAsync)];

    private ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel) => new(server is null
        ? ControlReply.Failed("The server is stopped; nothing is open.")
        : ControlReply.Done(server.DescribeListeners().Select(OpenListenerView.Of).ToList()));

    private async ValueTask<ControlReply> ReloadAsync(ControlRequest request, CancellationToken cancel)
    {
        if (server is null) return ControlReply.Failed("The server is stopped; it reads its configuration when it starts.");
        var kept = await server.ReloadAsync(cancel);
        return ControlReply.Done(new ReloadView(kept), kept.Count > 0 ? ExitCode.Degraded : ExitCode.Ok);
    }
}

/// <param name="Kept">What stays as it is, and why.</param>
internal sealed record ReloadView(IReadOnlyList<string> Kept);

/// <summary>A listener as verbs show it.</summary>
/// <param name="Tls">"implicit", "starttls" or "none".</param>
/// <param name="Connections">Open now; null for the web, which does not count them.</param>
internal sealed record OpenListenerView(
    string Name, string Address, string Tls, string ClientCertificates, string? ClientCa, bool Preauth, DateTimeOffset Since, int? Connections)
{
    public static OpenListenerView Of(OpenListener open)
    {
        var (kind, rules) = (open.Address.Kind, open.Address.Rules);
        var tls = kind.ImplicitTls ? "implicit" : kind.Protocol == ListenerProtocol.Http ? "none" : "starttls";
        return new(kind.Name, open.Address.EndPoint.ToString(), tls, rules.ClientCertificates.ToString().ToLowerInvariant(), rules.ClientCa, rules.Preauth, open.Since, open.Connections);
    }
}
