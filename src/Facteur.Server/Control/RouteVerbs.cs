using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Server.Control.Settings;

namespace Facteur.Server.Control;

/// <summary>Verbs over the way that mail for other hosts takes. Passwords go in and are never shown.</summary>
internal sealed class RouteVerbs(SettingFile file, ScopeReader scopes)
{
    private const string Document = "route";

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("route.set", SetAsync), ("route.list", ListAsync), ("route.rm", RemoveAsync)];

    private async ValueTask<ControlReply> SetAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var way = new RouteDocument
        {
            Host = request.Find("host"),
            Port = request.Find("port") is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : null,
            Tls = request.Find("tls") switch { "implicit" => "tls", var other => other },
            User = request.Find("user"),
            Password = request.Find("password"),
            Lmtp = request.Has("lmtp"),
            Direct = request.Has("direct"),
        };
        if (way is { Host: null, Direct: false }) throw new AccountRuleException("Say where the mail goes: a host, or --direct for the mail exchangers of each domain.");
        var before = await file.ReadAsync<RouteDocument>(scope, Document, cancel) ?? new RouteDocument();
        var after = Target(request) is { } domain
            ? before with { Domains = new Dictionary<string, RouteDocument>(before.Domains ?? new Dictionary<string, RouteDocument>()) { [domain] = way } }
            : way with { Domains = before.Domains };
        await file.WriteAsync(scope, Document, after, cancel);
        return ControlReply.Done(RouteView.Of(scope.View, Target(request), way));
    }

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var views = new List<RouteView>();
        foreach (var (scope, _) in await file.ListAsync(Document, cancel))
        {
            var view = await scopes.NameAsync(scope, cancel);
            if (await file.ReadAsync<RouteDocument>(new NamedScope(scope, view), Document, cancel) is not { } document) continue;
            if (document.Host is not null || document.Direct) views.Add(RouteView.Of(view, null, document));
            views.AddRange((document.Domains ?? new Dictionary<string, RouteDocument>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => RouteView.Of(view, pair.Key, pair.Value)));
        }
        return ControlReply.Done(views);
    }

    private async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var document = await file.ReadAsync<RouteDocument>(scope, Document, cancel);
        var domain = Target(request);
        var removed = domain is null ? document : document?.Domains?.GetValueOrDefault(domain);
        if (document is null || removed is null or { Host: null, Direct: false })
            return ControlReply.Failed($"The {scope.View} has no route{(domain is null ? "" : $" for {domain}")}.");
        var rest = domain is null
            ? new RouteDocument { Domains = document.Domains }
            : document with { Domains = document.Domains!.Where(pair => pair.Key != domain).ToDictionary() };
        if (rest is { Host: null, Direct: false, Domains: null or { Count: 0 } }) await file.RemoveAsync(scope, Document, cancel);
        else await file.WriteAsync(scope, Document, rest, cancel);
        return ControlReply.Done(RouteView.Of(scope.View, domain, removed));
    }

    /// <summary>"exemple.fr" or "*.exemple.fr" in A-labels, as routes are looked up.</summary>
    private static string? Target(ControlRequest request)
    {
        if (request.Find("for") is not { } text) return null;
        var below = text.StartsWith("*.", StringComparison.Ordinal);
        var domain = DomainName.Normalize(below ? text[2..] : text) ?? throw new AccountRuleException($"\"{text}\" is no domain such as exemple.fr or *.exemple.fr.");
        return below ? "*." + domain : domain;
    }
}

/// <summary>A route without its password.</summary>
/// <param name="For">The domain of recipients it is for; null: all others.</param>
/// <param name="Host">Null: to the mail exchangers.</param>
internal sealed record RouteView(ScopeView Scope, string? For, string? Host, int? Port, string? Tls, string? User, bool Lmtp)
{
    public static RouteView Of(ScopeView scope, string? domain, RouteDocument way)
    {
        var route = (way with { Domains = null }).For("") as Delivery.Transport.SmarthostRoute;
        return new RouteView(scope, domain, route?.Host, route?.Port, route?.Tls.ToString().ToLowerInvariant(), way.User, way.Lmtp);
    }
}
