using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Facteur.Server.Control;

/// <summary>One thing an administrator asks for: a verb such as "account.add" with its arguments by name.</summary>
[method: JsonConstructor]
internal sealed record ControlRequest(string Verb, IReadOnlyDictionary<string, string?> Arguments)
{
    public ControlRequest(string verb, params (string Name, string? Value)[] arguments)
        : this(verb, arguments.ToDictionary(a => a.Name, a => a.Value))
    {
    }

    /// <summary>An argument that must be there.</summary>
    public string Require(string name) => Arguments.GetValueOrDefault(name) ?? throw new ArgumentException($"{Verb} needs {name}");

    public string? Find(string name) => Arguments.GetValueOrDefault(name);

    /// <summary>An argument of several values, one a line: no address or name holds a line break.</summary>
    public IReadOnlyList<string> List(string name) => Find(name)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A switch.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Without values: they may be passwords.</summary>
    public override string ToString() => Verb;
}

/// <summary>What came of it.</summary>
/// <param name="Exit">Exit code for the command line (<see cref="ExitCode"/>).</param>
/// <param name="Data">What --json prints; null on failure.</param>
/// <param name="Error">One sentence for a human; null on success.</param>
internal sealed record ControlReply(int Exit, JsonNode? Data, string? Error)
{
    public static ControlReply Done<T>(T data, int exit = ExitCode.Ok) => new(exit, JsonSerializer.SerializeToNode(data, ControlJson.Options), null);

    public static ControlReply Failed(string error) => new(ExitCode.Failed, null, error);
}

/// <summary>Exit codes of every verb.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Degraded = 3;
}

internal static class ControlJson
{
    /// <summary>One line per message on the socket; accents stay readable, for the output is for people and scripts, not for HTML.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonSerializerOptions Indented { get; } = new(Options) { WriteIndented = true };
}
