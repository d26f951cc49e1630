using System.Text.Json;
using Facteur.Jmap;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>A method of a test: what it answers, and what it was asked.</summary>
internal sealed class ScriptedMethod(string name, Action<JmapCall> run) : JmapMethod(name, JmapCapabilities.Core)
{
    public ScriptedMethod(string name, string answer)
        : this(name, call => call.Answer.WriteRawValue(answer))
    {
    }

    public List<string> Asked { get; } = [];

    public override ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        Asked.Add(call.Arguments.GetRawText());
        run(call);
        return ValueTask.CompletedTask;
    }
}

internal static class ScriptedMethodExtensions
{
    /// <summary>A processor with these methods and Core/echo alone.</summary>
    public static JmapProcessor With(this JmapHarness jmap, params JmapMethod[] methods) => new(jmap.Services, [new Echo(), .. methods], NullLogger<JmapProcessor>.Instance);

    /// <summary>Runs calls; answers the text of the responses without what may stand between values.</summary>
    public static async Task<string> CallsAsync(this JmapProcessor processor, JmapHarness jmap, string methodCalls) =>
        (await processor.RequestAsync(jmap, $$"""{"using":["urn:ietf:params:jmap:core"],"methodCalls":{{methodCalls}}}""")).GetProperty("methodResponses").GetRawText();

    /// <summary>Runs a whole request.</summary>
    public static Task<JsonElement> RequestAsync(this JmapProcessor processor, JmapHarness jmap, string request) => processor.RequestAsync(jmap, System.Text.Encoding.UTF8.GetBytes(request));

    public static async Task<JsonElement> RequestAsync(this JmapProcessor processor, JmapHarness jmap, byte[] request)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        await processor.RunAsync(JmapHarness.UserOf(jmap.Ada), request, output, default);
        return JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement;
    }

    public static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}

/// <summary>One harness for all tests of a class that keep nothing in it.</summary>
public sealed class SharedJmap : IAsyncLifetime
{
    internal JmapHarness Jmap { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => Jmap.DisposeAsync();
}
