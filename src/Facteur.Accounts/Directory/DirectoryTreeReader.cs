using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Facteur.Accounts;

/// <summary>Reads the JSON tree of an import (<see cref="TreeItem"/>) item by item, with comments allowed; one item is in memory at a time.</summary>
public sealed class DirectoryTreeReader
{
    /// <summary>Octets of one item: an account with all its settings.</summary>
    public const int MaxItem = 4 * 1024 * 1024;

    /// <summary>Lists in lists: cards may be as deep as any JSON is elsewhere, and stand some levels down.</summary>
    public const int MaxDepth = 80;

    private static readonly string[] parts = ["version", "settings", "domains", "accounts", "shares", "aliases", "annotations", "contacts"];
    private static readonly JsonReaderOptions tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    private readonly PipeReader input;
    private JsonReaderState state = new(tolerant);
    private int line = 1;
    private int part = -1;
    private bool inList;

    private DirectoryTreeReader(Stream input) => this.input = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));

    /// <summary>The items, and <see cref="TreeFault"/> for those that are none.</summary>
    /// <exception cref="AccountRuleException">The file is no such tree; the message says from which line on.</exception>
    public static async IAsyncEnumerable<TreeItem> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = new DirectoryTreeReader(input);
        for (var more = true; more;)
        {
            var read = await reader.input.ReadAsync(cancel);
            var (items, used) = reader.Take(read.Buffer, read.IsCompleted);
            foreach (var item in items) yield return item;
            more = !read.IsCompleted || used > 0 && read.Buffer.Length > used;
            reader.input.AdvanceTo(read.Buffer.GetPosition(used), read.Buffer.End);
        }
        await reader.input.CompleteAsync();
    }

    /// <summary>What is whole in the buffer, and how many octets that was.</summary>
    private (List<TreeItem> Items, long Used) Take(ReadOnlySequence<byte> buffer, bool isLast)
    {
        var items = new List<TreeItem>();
        var json = new Utf8JsonReader(buffer, isLast, state);
        var (used, before) = (0L, state);
        try
        {
            while (Next(ref json, out var item))
            {
                var begin = line + Lines(buffer.Slice(used, json.TokenStartIndex - used));
                line += Lines(buffer.Slice(used, json.BytesConsumed - used));
                (used, before) = (json.BytesConsumed, json.CurrentState);
                if (item is not null) items.Add(item with { Line = begin });
            }
        }
        catch (JsonException e)
        {
            throw new AccountRuleException(string.Create(CultureInfo.InvariantCulture, $"Line {(e.LineNumber ?? 0) + 1}: this is no JSON ({e.Message.Split('.')[0]})."));
        }
        if (buffer.Length - used > MaxItem) throw new AccountRuleException(string.Create(CultureInfo.InvariantCulture, $"Line {line}: what begins here has more than {MaxItem} octets."));
        state = before;
        return (items, used);
    }

    /// <summary>Reads on by a token, or by a whole item; false when the buffer has no more whole ones.</summary>
    private bool Next(ref Utf8JsonReader json, out TreeItem? item)
    {
        item = null;
        var look = json; // an item that is not all there yet is read again from its beginning
        if (!look.Read()) return false;
        switch (look.TokenType)
        {
            case JsonTokenType.StartObject when look.CurrentDepth == 0:
            case JsonTokenType.EndObject:
                json = look;
                return true;
            case JsonTokenType.PropertyName:
                return Part(ref json, ref look, out item);
            case JsonTokenType.EndArray:
                inList = false;
                json = look;
                return true;
            default:
                if (!inList) throw Wrong("the file begins with { and holds domains, accounts, shares, aliases, annotations and contacts");
                if (!JsonDocument.TryParseValue(ref look, out var document)) return false;
                using (document) item = Item(document.RootElement);
                json = look;
                return true;
        }
    }

    private bool Part(ref Utf8JsonReader json, ref Utf8JsonReader look, out TreeItem? item)
    {
        item = null;
        var name = look.GetString()!;
        var place = Array.IndexOf(parts, name);
        if (place < 0) throw Wrong($"there is no \"{name}\"; there are {string.Join(", ", parts)}");
        if (place <= part) throw Wrong(place == part ? $"\"{name}\" stands twice" : $"\"{name}\" stands before \"{parts[part]}\"");
        if (!look.Read()) return false;
        if (name is "version" or "settings")
        {
            if (!JsonDocument.TryParseValue(ref look, out var document)) return false;
            using (document) item = name == "version" ? Version(document.RootElement) : Read(document.RootElement, TreeJson.Default.IReadOnlyDictionaryStringJsonNode, settings => new TreeSite(settings));
        }
        else if (look.TokenType == JsonTokenType.StartArray) inList = true;
        else throw Wrong($"\"{name}\" is no list");
        part = place;
        json = look;
        return true;
    }

    private TreeItem? Version(JsonElement version) => version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number <= DirectoryExport.Version
        ? null : throw Wrong($"the file has version {version.GetRawText()}, and this program reads versions up to {DirectoryExport.Version}");

    private TreeItem Item(JsonElement element) => parts[part] switch
    {
        "domains" => Read(element, TreeJson.Default.TreeDomain, one => one),
        "accounts" => Read(element, TreeJson.Default.TreeAccount, one => one),
        "shares" => Read(element, TreeJson.Default.TreeShare, one => one),
        "aliases" => Read(element, TreeJson.Default.TreeAlias, one => one),
        "annotations" => Read(element, TreeJson.Default.TreeAnnotations, one => one),
        _ => Read(element, TreeJson.Default.TreeContacts, one => one),
    };

    private static TreeItem Read<T>(JsonElement element, JsonTypeInfo<T> type, Func<T, TreeItem> make) where T : class
    {
        try
        {
            return element.Deserialize(type) is { } read ? make(read) : new TreeFault("It is null.");
        }
        catch (JsonException e)
        {
            return new TreeFault(Reason(e));
        }
    }

    // "The JSON property 'x' could not be mapped to any .NET member …" → which, where.
    private static string Reason(JsonException e)
    {
        var where = e.Path is { Length: > 2 } path ? path[2..] : null;
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal)) return $"There is no \"{where ?? e.Message.Split('\'')[1]}\" here.";
        if (e.Message.Contains("missing required", StringComparison.Ordinal)) return $"It lacks {e.Message[(e.Message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.').Replace('\'', '"')}.";
        return where is null ? "It is not written as an export writes it." : $"\"{where}\" is not what may stand there.";
    }

    private static int Lines(ReadOnlySequence<byte> octets)
    {
        var lines = 0;
        foreach (var segment in octets) lines += segment.Span.Count((byte)'\n');
        return lines;
    }

    private AccountRuleException Wrong(string what) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {what}."));
}
