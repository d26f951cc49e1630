using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>A Request object, read and found right (RFC 8620 §3.3).</summary>
internal sealed class RequestObject : IDisposable
{
    private readonly JsonDocument document;

    private RequestObject(JsonDocument document) => this.document = document;

    /// <summary>Call of a method (§3.2).</summary>
    public readonly record struct Invocation(string Name, JsonElement Arguments, string CallId);

    public HashSet<string> Using { get; } = new(StringComparer.Ordinal);

    public List<Invocation> Calls { get; } = [];

    /// <summary>Null when the client sent none, and then it gets none.</summary>
    public Dictionary<string, string>? CreatedIds { get; private set; }

    /// <summary>Ids of calls that others refer to: only their answers are kept until the end.</summary>
    public HashSet<string> ReferredTo { get; } = new(StringComparer.Ordinal);

    /// <exception cref="JmapRequestException">It is not JSON, no Request, uses what is not there, or is past a limit.</exception>
    public static RequestObject Read(ReadOnlyMemory<byte> json, JmapLimits limits, JmapCapabilitySet capabilities)
    {
        if (json.Length > limits.MaxSizeRequest) throw TooLarge();
        var document = InternetJson.Parse(json);
        var request = new RequestObject(document);
        try
        {
            request.ReadMembers(document.RootElement, limits, capabilities);
            return request;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    public static JmapRequestException TooLarge() => JmapRequestException.OverLimit("maxSizeRequest", "The request is larger than this server is willing to read.");

    public void Dispose() => document.Dispose();

    private void ReadMembers(JsonElement root, JmapLimits limits, JmapCapabilitySet capabilities)
    {
        var uses = Member(root, "using", JsonValueKind.Array);
        foreach (var name in uses.EnumerateArray())
            Using.Add(name.ValueKind == JsonValueKind.String ? name.GetString()! : throw JmapRequestException.NotRequest("using is not a list of strings."));
        var calls = Member(root, "methodCalls", JsonValueKind.Array);
        if (calls.GetArrayLength() > limits.MaxCallsInRequest) throw JmapRequestException.OverLimit("maxCallsInRequest", $"The request has more than {limits.MaxCallsInRequest} calls.");
        foreach (var call in calls.EnumerateArray()) ReadCall(call);
        if (root.TryGetProperty("createdIds"u8, out _)) ReadCreatedIds(Member(root, "createdIds", JsonValueKind.Object));
        foreach (var name in Using)
            if (capabilities.Find(name) is null) throw JmapRequestException.UnknownCapability(name);
    }

    private void ReadCall(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Array || call.GetArrayLength() != 3
            || call[0].ValueKind != JsonValueKind.String || call[1].ValueKind != JsonValueKind.Object || call[2].ValueKind != JsonValueKind.String)
            throw JmapRequestException.NotRequest("A call is not a list of a name, an object and an id.");
        var arguments = call[1];
        Calls.Add(new Invocation(call[0].GetString()!, arguments, call[2].GetString()!));
        foreach (var argument in arguments.EnumerateObject())
            if (ResultReferences.IsReference(argument) && ResultReferences.CallOf(argument.Value) is { } id) ReferredTo.Add(id);
    }

    private void ReadCreatedIds(JsonElement ids)
    {
        CreatedIds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in ids.EnumerateObject())
            CreatedIds.Add(id.Name, id.Value.ValueKind == JsonValueKind.String ? id.Value.GetString()! : throw JmapRequestException.NotRequest("createdIds has an id that is not a string."));
    }

    private static JsonElement Member(JsonElement root, string name, JsonValueKind kind) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == kind ? value
            : throw JmapRequestException.NotRequest($"{name} is missing or is not a JSON {kind.ToString().ToLowerInvariant()}.");
}
