using System.Text.Json;

namespace Facteur.Tests.Jmap;

/// <summary>An event of a stream; one without a name and data only sets the id.</summary>
internal sealed record StreamEvent(string? Name, string? Id, string? Data)
{
    public JsonElement Json => JsonDocument.Parse(Data!).RootElement;
}

/// <summary>A client of an event source.</summary>
internal sealed class EventReader(HttpResponseMessage response) : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private StreamReader? reader;

    public HttpResponseMessage Response => response;

    public static async Task<EventReader> OpenAsync(JmapHttp program, string query, params (string Name, string Value)[] headers) =>
        new(await program.OpenAsync(new HttpRequestMessage(HttpMethod.Get, "/jmap/eventsource" + query), headers));

    /// <summary>The next event; null when the stream ended.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        reader ??= new StreamReader(await response.Content.ReadAsStreamAsync());
        string? name = null, id = null, data = null;
        while (true)
        {
            if (await reader.ReadLineAsync().WaitAsync(patience) is not { } line) return null;
            if (line.Length == 0) return new StreamEvent(name, id, data);
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
        }
    }

    /// <summary>The next state change, past pings.</summary>
    public async Task<StreamEvent> NextStateAsync()
    {
        while (true)
            if ((await NextAsync() ?? throw new InvalidOperationException("the stream ended")) is { Name: "state" } found) return found;
    }

    public void Dispose() => response.Dispose();
}
