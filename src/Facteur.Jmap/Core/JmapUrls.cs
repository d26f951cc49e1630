namespace Facteur.Jmap;

/// <summary>Where the resources of JMAP are. Templates are of level 1 (RFC 6570 §1.2) with the variables that RFC 8620 §2 names.</summary>
public sealed record JmapUrls
{
    /// <summary>RFC 8620 §2.2.</summary>
    public const string Session = "/.well-known/jmap";

    public const string Api = "/jmap";

    /// <summary>What all of ours but <see cref="Session"/> begin with.</summary>
    public const string Prefix = "/jmap/";

    public const string Upload = "/jmap/upload/{accountId}/";

    /// <summary>The type is in the query: types have slashes, which servers and proxies treat as they like in a path.</summary>
    public const string Download = "/jmap/download/{accountId}/{blobId}/{name}?type={type}";

    /// <summary>For <see cref="EventSource"/>.</summary>
    public const string EventSourceTemplate = Push.EventSourceEndpoint.Template;

    /// <summary>For <see cref="WebSocket"/>.</summary>
    public const string WebSocketPath = Push.WebSocketEndpoint.Path;

    /// <summary>"https://mail.example.com", without a slash at its end.</summary>
    public Func<string> Origin { get; init; } = static () => "https://localhost";

    /// <summary>Path and template of the event source ("{types}", "{closeafter}", "{ping}"; RFC 8620 §7.3); null where there is none.</summary>
    public string? EventSource { get; init; }

    /// <summary>Path of JMAP over WebSocket (RFC 8887); null where there is none.</summary>
    public string? WebSocket { get; init; }
}
