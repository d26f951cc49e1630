using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap;

/// <summary>Runs the calls of a request in order and writes the response (RFC 8620 §3.3 to §3.7).</summary>
public sealed partial class JmapProcessor
{
    private readonly Dictionary<string, JmapMethod> methods;
    private readonly JmapServices services;
    private readonly ILogger logger;

    public JmapProcessor(JmapServices services, IEnumerable<JmapMethod> methods, ILogger<JmapProcessor> logger)
    {
        (this.services, this.logger) = (services, logger);
        this.methods = methods.ToDictionary(method => method.Name, StringComparer.Ordinal);
    }

    /// <summary>Reads a request and writes its response object.</summary>
    public async ValueTask RunAsync(JmapUser user, ReadOnlyMemory<byte> request, IBufferWriter<byte> output, CancellationToken cancel)
    {
        using var document = JsonDocument.Parse(request);
        var using_ = document.RootElement.GetProperty("using").EnumerateArray().Select(one => one.GetString()!).ToHashSet(StringComparer.Ordinal);
        var state = new JmapRequest(services, user);
        var answers = new List<JmapAnswer>();
        await using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteStartArray("methodResponses"u8);
        foreach (var call in document.RootElement.GetProperty("methodCalls").EnumerateArray())
        {
            var (name, callId) = (call[0].GetString()!, call[2].GetString()!);
            await RunCallAsync(state, using_, answers, name, call[1], callId, cancel);
            while (state.TryTakeFollowing(out var next))
            {
                using var arguments = JsonDocument.Parse(next.Arguments);
                await RunCallAsync(state, using_, answers, next.Method, arguments.RootElement, callId, cancel);
            }
        }
        foreach (var answer in answers)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(answer.Name);
            writer.WriteRawValue(answer.Json.Span, skipInputValidation: true);
            writer.WriteStringValue(answer.CallId);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteString("sessionState"u8, "0");
        writer.WriteEndObject();
        await writer.FlushAsync(cancel);
    }

    private async ValueTask RunCallAsync(
        JmapRequest state, HashSet<string> capabilities, List<JmapAnswer> answers, string name, JsonElement arguments, string callId, CancellationToken cancel)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            if (!methods.TryGetValue(name, out var method) || !capabilities.Contains(method.Capability)) throw new JmapMethodException("unknownMethod");
            using var resolved = ResultReferences.Resolve(arguments, answers);
            await using var writer = new Utf8JsonWriter(buffer);
            await method.RunAsync(new JmapCall(state, name, resolved?.RootElement ?? arguments, writer), cancel);
            await writer.FlushAsync(cancel);
            answers.Add(new JmapAnswer(name, callId, buffer.WrittenMemory));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            state.DropFollowing();
            if (e is not JmapMethodException) LogFailed(e, name);
            answers.Add(new JmapAnswer("error", callId, WriteError(e as JmapMethodException ?? new JmapMethodException("serverFail"))));
        }
    }

    private static ReadOnlyMemory<byte> WriteError(JmapMethodException error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, error.Type);
        if (error.Description.Length > 0) writer.WriteString("description"u8, error.Description);
        error.WriteMore(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    [LoggerMessage(LogLevel.Error, "JMAP method {Method} failed")]
    private partial void LogFailed(Exception error, string method);
}

/// <summary>The answer to a call, as later calls may refer to it.</summary>
internal sealed record JmapAnswer(string Name, string CallId, ReadOnlyMemory<byte> Json);
