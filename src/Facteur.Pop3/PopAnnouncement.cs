using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Pop3;

/// <summary>
/// EXPIRE and LOGIN-DELAY of CAPA. Before login nobody knows whose maildrop it will be: then the least retention and the longest delay of
/// all accounts are announced, with USER when they differ (RFC 2449 §6.5, §6.7).
/// </summary>
internal sealed class PopAnnouncement
{
    private readonly SettingsStore settings;
    private long changes;
    private (long Changes, IReadOnlyList<string> Lines)? known;
    private readonly Lock gate = new();

    public PopAnnouncement(SettingsStore settings)
    {
        this.settings = settings;
        settings.Changed += (_, name) =>
        {
            if (name == AccountSettings.PopName) Interlocked.Increment(ref changes);
        };
    }

    /// <summary>Before login.</summary>
    public async ValueTask<IReadOnlyList<string>> LinesAsync(CancellationToken cancel)
    {
        var before = Interlocked.Read(ref changes);
        lock (gate)
            if (known is { } still && still.Changes == before) return still.Lines;
        var (all, site) = (new List<PopSetting>(), (PopSetting?)null);
        foreach (var (scope, setting) in await new AccountSettings(settings).ListPopAsync(cancel))
        {
            if (scope == SettingScope.Site) site = setting;
            all.Add(setting);
        }
        if (site is null) all.Add(new PopSetting()); // of those for whom nothing is set
        var lines = Lines(all);
        lock (gate) known = (before, lines);
        return lines;
    }

    /// <summary>After login.</summary>
    /// <param name="announced">Before login LOGIN-DELAY was announced: then "0" says that there is none here.</param>
    public static IReadOnlyList<string> Lines(PopSetting setting, bool announced)
    {
        var expire = Expire(Retention(setting));
        return setting.LoginDelay > 0 || announced ? [expire, Delay(setting.LoginDelay)] : [expire];
    }

    private static List<string> Lines(List<PopSetting> all)
    {
        var retentions = all.Select(Retention).Distinct().ToList();
        var delays = all.Select(setting => setting.LoginDelay).Distinct().ToList();
        var lines = new List<string> { Expire(retentions.Min()) + (retentions.Count > 1 ? " USER" : "") };
        if (delays.Max() > 0) lines.Add(Delay(delays.Max()) + (delays.Count > 1 ? " USER" : ""));
        return lines;
    }

    private static string Expire(int days) => days == int.MaxValue ? "EXPIRE NEVER" : $"EXPIRE {days}";

    private static string Delay(int seconds) => $"LOGIN-DELAY {seconds}";

    /// <summary>Days that a message stays after it was fetched.</summary>
    private static int Retention(PopSetting setting) =>
        setting.AfterDownload is PopAfterDownload.Delete or PopAfterDownload.Archive ? 0 : setting.DeleteAfterDays ?? int.MaxValue;
}
