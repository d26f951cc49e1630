namespace Facteur.Jmap;

/// <summary>Quota/changes (RFC 9425 §4.3): updatedProperties says when nothing but what is used has changed.</summary>
internal sealed class QuotaChanges() : JmapMethod("Quota/changes", JmapCapabilities.Quota)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "sinceState", "maxChanges");
        var since = JmapArguments.RequireString(call.Arguments, "sinceState");
        if (JmapArguments.Int(call.Arguments, "maxChanges") is <= 0) throw JmapMethodException.InvalidArguments("maxChanges is not above 0");
        if (!QuotaState.TryParse(since, out var before)) throw new JmapMethodException("cannotCalculateChanges");
        var now = await JmapQuota.FindAsync(call, account, cancel) is { } quota ? new QuotaState(quota.Used, quota.HardLimit) : QuotaState.None;
        Write(call, account, before, now);
    }

    private static void Write(JmapCall call, JmapAccount account, QuotaState before, QuotaState now)
    {
        var (had, has) = (before.HardLimit is not null, now.HardLimit is not null);
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("oldState"u8, before.ToString());
        writer.WriteString("newState"u8, now.ToString());
        writer.WriteBoolean("hasMoreChanges"u8, false);
        WriteIds("created", !had && has);
        WriteIds("updated", had && has && before != now);
        WriteIds("destroyed", had && !has);
        if (had && has && before.HardLimit == now.HardLimit && before.Used != now.Used)
        {
            writer.WriteStartArray("updatedProperties"u8);
            writer.WriteStringValue("used"u8);
            writer.WriteEndArray();
        }
        else writer.WriteNull("updatedProperties"u8);
        writer.WriteEndObject();

        void WriteIds(string name, bool isIt)
        {
            writer.WriteStartArray(name);
            if (isIt) writer.WriteStringValue(QuotaType.Id);
            writer.WriteEndArray();
        }
    }
}
