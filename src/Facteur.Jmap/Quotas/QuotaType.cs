using System.Globalization;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>
/// How much mail an account may keep (RFC 9425 §4): one object, of octets, where an account has a limit. An account without one has no object, since
/// hardLimit is always a number. Messages are counted, and not limited.
/// </summary>
internal sealed class QuotaType : ListedType
{
    /// <summary>The only id.</summary>
    public const string Id = "q1";

    public static readonly QuotaType Instance = new();

    public static readonly ListedQuestion<JmapQuota> Question = new(static _ => Id, Condition, Key);

    private QuotaType()
        : base("Quota", JmapCapabilities.Quota, "resourceType", "used", "hardLimit", "scope", "name", "types", "warnLimit", "softLimit", "description")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        await JmapQuota.FindAsync(call, account, cancel) is { } quota ? [ToObject(quota)] : [];

    public override string StateOf(IReadOnlyList<ListedObject> objects)
    {
        if (objects.Count == 0) return QuotaState.None.ToString();
        using var json = JsonDocument.Parse(objects[0].Json);
        return new QuotaState(json.RootElement.GetProperty("used"u8).GetInt64(), json.RootElement.GetProperty("hardLimit"u8).GetInt64()).ToString();
    }

    /// <summary>What queries are over, and its state.</summary>
    public static async ValueTask<ListedAll<JmapQuota>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        await JmapQuota.FindAsync(call, account, cancel) is { } quota ? new([quota], new QuotaState(quota.Used, quota.HardLimit).ToString()) : new([], QuotaState.None.ToString());

    private static ListedObject ToObject(JmapQuota quota) => ListedObject.Of(Id, writer =>
    {
        writer.WriteString("resourceType"u8, JmapQuota.ResourceType);
        writer.WriteNumber("used"u8, quota.Used);
        writer.WriteNumber("hardLimit"u8, quota.HardLimit);
        writer.WriteString("scope"u8, JmapQuota.Scope);
        writer.WriteString("name"u8, quota.Name);
        writer.WriteStartArray("types"u8);
        writer.WriteStringValue(JmapQuota.DataType);
        writer.WriteEndArray();
        // The server does nothing before the limit is reached.
        writer.WriteNull("warnLimit"u8);
        writer.WriteNull("softLimit"u8);
        writer.WriteNull("description"u8);
    });

    // RFC 9425 §4.4.1.
    private static Predicate<JmapQuota> Condition(JsonElement of, string name)
    {
        var wanted = JmapArguments.RequireString(of, name);
        return name switch
        {
            "name" => quota => ListedQuestion<JmapQuota>.Contains(quota.Name, wanted),
            "scope" => _ => wanted == JmapQuota.Scope,
            "resourceType" => _ => wanted == JmapQuota.ResourceType,
            "type" => _ => wanted == JmapQuota.DataType,
            _ => throw FilterReader<Predicate<JmapQuota>>.Unsupported($"{name} is not known"),
        };
    }

    // RFC 9425 §4.4.2.
    private static Comparison<JmapQuota>? Key(string property, Collation collation) => property switch
    {
        "name" => ListedQuestion<JmapQuota>.ByText(static quota => quota.Name, collation),
        "used" => static (a, b) => a.Used.CompareTo(b.Used),
        _ => null,
    };
}

/// <summary>The limit of an account, and what it uses of it.</summary>
/// <param name="Used">Octets of messages, each counted once however many mailboxes it is in.</param>
internal sealed record JmapQuota(long Used, long HardLimit, string Name)
{
    // RFC 9425 §3.
    public const string ResourceType = "octets", Scope = "account", DataType = "Mail";

    /// <summary>Null for an account without a limit.</summary>
    public static async ValueTask<JmapQuota?> FindAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var quota = await call.Services.Store.GetQuotaAsync(account.Id, cancel);
        return quota.LimitOctets is { } limit ? new JmapQuota(quota.UsedOctets, limit, account.Address) : null;
    }
}

/// <summary>State of the Quota objects of an account: all that ever changes in them, so that any change can be told.</summary>
/// <param name="HardLimit">Null: there is no object.</param>
internal readonly record struct QuotaState(long Used, long? HardLimit)
{
    public static readonly QuotaState None = new(0, null);

    public override string ToString() => HardLimit is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{Used}-{limit}") : "none";

    public static bool TryParse(string text, out QuotaState state)
    {
        state = None;
        if (text == "none") return true;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !Number(text.AsSpan(0, dash), out var used) || !Number(text.AsSpan(dash + 1), out var limit)) return false;
        state = new QuotaState(used, limit);
        return state.ToString() == text;

        static bool Number(ReadOnlySpan<char> digits, out long value) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Whether a client should hear of it at once: another limit, or another hundredth of it. Each message that comes is a change, and is told as one of
    /// Email already; a bar of what is left need not move with every one of them.
    /// </summary>
    public static bool IsWorthTelling(string? before, string? now) =>
        before is null || now is null || !TryParse(before, out var old) || !TryParse(now, out var state) || old.HardLimit != state.HardLimit || old.Hundredths != state.Hundredths;

    private long Hundredths => HardLimit is { } limit and > 0 ? (long)((Int128)Used * 100 / limit) : 0;
}
