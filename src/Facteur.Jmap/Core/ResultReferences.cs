using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>
/// Result references: "#ids": {resultOf, name, path} stands for what an earlier answer says at a JSON pointer, in which "*" goes through a list
/// (RFC 8620 §3.7). An answer is parsed once at most, and what all references of a request look through is bounded, whatever they amplify:
/// a reference costs the octets of the answer it points into.
/// </summary>
internal sealed class ResultReferences(JmapLimits limits) : IDisposable
{
    /// <summary>Deeper than requests, since Core/echo may put an answer into another.</summary>
    private const int MaxDepth = 4 * InternetJson.MaxDepth;
    private const int MaxPath = 4096;

    /// <summary>Octets that references of one call may add to its arguments: 100,000 ids and more.</summary>
    private const int MaxFound = 2_000_000;

    private static readonly JsonDocumentOptions parsing = new() { MaxDepth = MaxDepth };

    private readonly Dictionary<string, JmapAnswer> firsts = new(StringComparer.Ordinal);
    private long left = 4L * limits.MaxSizeAnswer;

    public static bool IsReference(JsonProperty argument) => argument.Name.StartsWith('#');

    /// <summary>The call that a reference points to; null for what is no reference.</summary>
    public static string? CallOf(JsonElement reference) => Text(reference, "resultOf"u8);

    /// <summary>True for the first answer to a call: the only one that references see (§3.7, step 1).</summary>
    public bool Wants(string callId) => !firsts.ContainsKey(callId);

    /// <summary>Takes an answer over, with its buffer.</summary>
    public void Add(string callId, JmapAnswer answer) => firsts.Add(callId, answer);

    /// <summary>The arguments with what they refer to; null when they refer to nothing.</summary>
    /// <exception cref="JmapMethodException">invalidResultReference, invalidArguments; requestTooLarge for what refers to too much.</exception>
    public JsonDocument? Resolve(JsonElement arguments)
    {
        if (!HasReferences(arguments)) return null;
        // The document goes on over these octets; they are not many but where somebody amplifies, and then collected.
        var resolved = new ArrayBufferWriter<byte>(1024);
        var bounded = new BoundedWriter(resolved, Math.Min(limits.MaxSizeRequest, JsonMarshal.GetRawUtf8Value(arguments).Length + MaxFound));
        var writer = new Utf8JsonWriter(bounded, JmapJson.Writing);
        try
        {
            writer.WriteStartObject();
            foreach (var argument in arguments.EnumerateObject())
            {
                if (IsReference(argument))
                {
                    writer.WritePropertyName(argument.Name.AsSpan(1));
                    Write(argument.Value, writer);
                }
                else argument.WriteTo(writer);
            }
            writer.WriteEndObject();
            writer.Flush();
            return JsonDocument.Parse(resolved.WrittenMemory, parsing);
        }
        catch (JsonException)
        {
            throw new JmapMethodException("requestTooLarge", "answers were put into one another too often");
        }
    }

    /// <exception cref="JmapMethodException">invalidArguments: an argument is given in both forms.</exception>
    private static bool HasReferences(JsonElement arguments)
    {
        List<string>? references = null;
        foreach (var argument in arguments.EnumerateObject())
            if (IsReference(argument)) (references ??= []).Add(argument.Name[1..]);
        if (references is null) return false;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments.EnumerateObject()) names.Add(argument.Name);
        foreach (var name in references)
            if (names.Contains(name)) throw JmapMethodException.InvalidArguments($"{name} is given twice");
        return true;
    }

    public void Dispose()
    {
        foreach (var answer in firsts.Values) answer.Dispose();
    }

    private void Write(JsonElement reference, Utf8JsonWriter writer)
    {
        if (CallOf(reference) is not { } of || Text(reference, "name"u8) is not { } name || Text(reference, "path"u8) is not { } path) throw Invalid();
        if (!firsts.TryGetValue(of, out var answer) || answer.Name != name) throw Invalid();
        left -= Math.Max(answer.Length, 1);
        if (left < 0) throw new JmapMethodException("requestTooLarge", "the references of this request point to too much");
        Write(answer.Root(parsing), Tokens(path), writer, isInList: false);
    }

    /// <param name="isInList">What is found becomes an item of a list; the items of a list that is found become its items.</param>
    private static void Write(JsonElement at, ReadOnlySpan<string> tokens, Utf8JsonWriter writer, bool isInList)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if (at.ValueKind == JsonValueKind.Array && tokens[i] == "*")
            {
                if (!isInList) writer.WriteStartArray();
                foreach (var item in at.EnumerateArray()) Write(item, tokens[(i + 1)..], writer, isInList: true);
                if (!isInList) writer.WriteEndArray();
                return;
            }
            at = Step(at, tokens[i]);
        }
        if (isInList && at.ValueKind == JsonValueKind.Array)
            foreach (var item in at.EnumerateArray()) item.WriteTo(writer);
        else at.WriteTo(writer);
    }

    // RFC 6901 §4.
    private static JsonElement Step(JsonElement at, string token)
    {
        if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(token, out var value)) return value;
        if (at.ValueKind == JsonValueKind.Array && Index(token) is { } index && index < at.GetArrayLength()) return at[index];
        throw Invalid();
    }

    private static int? Index(string token)
    {
        if (token.Length is 0 or > 9 || token[0] == '0' && token.Length > 1) return null;
        var index = 0;
        foreach (var digit in token)
        {
            if (!char.IsAsciiDigit(digit)) return null;
            index = 10 * index + (digit - '0');
        }
        return index;
    }

    /// <summary>Reference tokens of a JSON pointer, escapes undone (RFC 6901 §3 and §4).</summary>
    private static string[] Tokens(string path)
    {
        if (path.Length == 0) return [];
        if (path.Length > MaxPath || path[0] != '/') throw Invalid();
        var tokens = path[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!tokens[i].Contains('~', StringComparison.Ordinal)) continue;
            for (var tilde = tokens[i].IndexOf('~', StringComparison.Ordinal); tilde >= 0; tilde = tokens[i].IndexOf('~', tilde + 1))
                if (tilde + 1 == tokens[i].Length || tokens[i][tilde + 1] is not ('0' or '1')) throw Invalid();
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }
        return tokens;
    }

    private static string? Text(JsonElement reference, ReadOnlySpan<byte> name) =>
        reference.ValueKind == JsonValueKind.Object && reference.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JmapMethodException Invalid() => new("invalidResultReference");

    /// <summary>Throws requestTooLarge before more is written than one request may have.</summary>
    private sealed class BoundedWriter(ArrayBufferWriter<byte> inner, int max) : IBufferWriter<byte>
    {
        public void Advance(int count)
        {
            inner.Advance(count);
            if (inner.WrittenCount > max) throw TooMuch();
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint > max ? throw TooMuch() : inner.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => sizeHint > max ? throw TooMuch() : inner.GetSpan(sizeHint);

        private static JmapMethodException TooMuch() => new("requestTooLarge", "the arguments would be larger than a request may be");
    }
}

/// <summary>The first answer to a call, as later calls may refer to it.</summary>
internal sealed class JmapAnswer(string name, AnswerBuffer octets) : IDisposable
{
    private JsonDocument? parsed;

    public string Name => name;

    public long Length => octets.Length;

    public JsonElement Root(JsonDocumentOptions options) => (parsed ??= JsonDocument.Parse(octets.AsSequence(), options)).RootElement;

    public void Dispose()
    {
        parsed?.Dispose();
        octets.Dispose();
    }
}
