using System.Net;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>A request-level error: nothing of the request was done (RFC 8620 §3.6.1).</summary>
/// <param name="type">"urn:ietf:params:jmap:error:notJSON" and the like.</param>
/// <param name="detail">What the client's programmer reads.</param>
public sealed class JmapRequestException(string type, string detail, int status = (int)HttpStatusCode.BadRequest) : Exception(detail)
{
    private const string Prefix = "urn:ietf:params:jmap:error:";

    public string Type { get; } = type;

    public int Status { get; } = status;

    /// <summary>Name of the limit in the session, for "limit"; null for other types.</summary>
    public string? Limit { get; private init; }

    public static JmapRequestException NotJson(string detail) => new(Prefix + "notJSON", detail);

    public static JmapRequestException NotRequest(string detail) => new(Prefix + "notRequest", detail);

    public static JmapRequestException UnknownCapability(string name) =>
        new(Prefix + "unknownCapability", $"The request uses the capability '{(name.Length > 200 ? name[..200] : name)}', which this server does not have.");

    /// <param name="limit">As the session names it: "maxSizeRequest".</param>
    public static JmapRequestException OverLimit(string limit, string detail, int status = (int)HttpStatusCode.BadRequest) => new(Prefix + "limit", detail, status) { Limit = limit };

    /// <summary>Writes the members of the problem details (RFC 7807 §3.1); a WebSocket adds its own (RFC 8887 §4.3.3).</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, Type);
        writer.WriteNumber("status"u8, Status);
        if (Limit is not null) writer.WriteString("limit"u8, Limit);
        writer.WriteString("detail"u8, Message);
    }
}
