using System.Buffers;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>onSuccessUpdateEmail and onSuccessDestroyEmail: what becomes of emails whose submission succeeded, by one implicit Email/set (RFC 8621 §7.5, RFC 9007 §2.1).</summary>
internal sealed class SuccessActions
{
    private readonly List<(string Id, JsonElement Patch)> updates = [];
    private readonly List<string> destroys = [];
    private readonly Dictionary<string, EmailId> succeeded = new(StringComparer.Ordinal);

    private SuccessActions()
    {
    }

    /// <summary>Reads the arguments of a call; invalidArguments for what they are not.</summary>
    public static SuccessActions Read(JmapCall call)
    {
        var actions = new SuccessActions();
        foreach (var update in JmapArguments.Object(call.Arguments, "onSuccessUpdateEmail")?.EnumerateObject() ?? default)
        {
            if (update.Value.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("onSuccessUpdateEmail is not a map of patches");
            actions.updates.Add((update.Name, update.Value));
        }
        actions.destroys.AddRange(JmapArguments.Strings(call.Arguments, "onSuccessDestroyEmail") ?? []);
        return actions;
    }

    /// <summary>Patches for an object that was created by this id.</summary>
    public IEnumerable<JsonElement> PatchesOf(string creationId) => updates.Where(one => one.Id == "#" + creationId).Select(one => one.Patch);

    /// <summary>A submission was created, changed or destroyed.</summary>
    /// <param name="id">Its id, or "#creationId".</param>
    public void Succeeded(string id, EmailId email) => succeeded[id] = email;

    /// <summary>Has Email/set called for those that succeeded.</summary>
    public void Follow(JmapCall call, JmapAccount account)
    {
        var patches = new Dictionary<EmailId, List<JsonElement>>();
        foreach (var (id, patch) in updates)
            if (EmailOf(call, id) is { } email)
            {
                if (!patches.TryGetValue(email, out var list)) patches.Add(email, list = []);
                list.Add(patch);
            }
        var gone = destroys.Select(id => EmailOf(call, id)).OfType<EmailId>().Distinct().ToList();
        if (patches.Count + gone.Count > 0) call.Follow("Email/set", Arguments(account, patches, gone));
    }

    private EmailId? EmailOf(JmapCall call, string id) =>
        succeeded.TryGetValue(id, out var email) || (call.Request.ResolveId(id) is { } resolved && succeeded.TryGetValue(resolved, out email)) ? email : null;

    private static ReadOnlyMemory<byte> Arguments(JmapAccount account, Dictionary<EmailId, List<JsonElement>> patches, List<EmailId> gone)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
            if (patches.Count > 0)
            {
                writer.WriteStartObject("update"u8);
                foreach (var (email, list) in patches) WritePatch(writer, email, list);
                writer.WriteEndObject();
            }
            if (gone.Count > 0)
            {
                writer.WriteStartArray("destroy"u8);
                foreach (var email in gone) writer.WriteStringValue(JmapIds.Of(email));
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        return output.WrittenMemory;
    }

    // Two submissions of one email may each ask for something: the later word holds.
    private static void WritePatch(Utf8JsonWriter writer, EmailId email, List<JsonElement> list)
    {
        writer.WriteStartObject(JmapIds.Of(email));
        var lines = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var line in list.SelectMany(patch => patch.EnumerateObject())) lines[line.Name] = line.Value;
        foreach (var (path, value) in lines)
        {
            writer.WritePropertyName(path);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
