using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>Results as lines that a person can write.</summary>
internal static class ActionText
{
    public static IEnumerable<string> Lines(SieveResult result)
    {
        foreach (var action in result.Actions) yield return Line(action);
        foreach (var id in result.Duplicates)
            yield return string.Create(CultureInfo.InvariantCulture, $"remember {id.Handle ?? "-"} {id.UniqueId} for {id.For.TotalSeconds}{(id.FromLast ? " last" : "")}");
        if (result.Error is not null) yield return $"error {result.Error}";
    }

    public static async Task<string?> EditedAsync(SieveResult result)
    {
        foreach (var action in result.Actions)
        {
            var edited = action switch { KeepAction a => a.Edited, FileIntoAction a => a.Edited, RedirectAction a => a.Edited, _ => null };
            if (edited is not null) return await ReadAsync(edited);
        }
        return null;
    }

    public static async Task<string> ReadAsync(IMessageSource source)
    {
        var octets = new byte[source.Length];
        // Odd pieces: what is composed is read right wherever a read starts and ends.
        var at = 0;
        while (at < octets.Length)
        {
            var read = await source.ReadAsync(at, octets.AsMemory(at, Math.Min(7, octets.Length - at)), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            at += read;
        }
        return Encoding.UTF8.GetString(octets).Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static string Line(SieveAction action) => action switch
    {
        KeepAction keep => "keep" + (keep.IsImplicit ? " implicit" : "") + Flags(keep.Flags),
        FileIntoAction file => "fileinto " + Target(file.Target) + Flags(file.Flags),
        RedirectAction redirect => $"redirect {redirect.Address}",
        DiscardAction => "discard",
        RejectAction reject => $"{(reject.IsEreject ? "ereject" : "reject")} {Escape(reject.Reason)}",
        VacationAction vacation => Vacation(vacation),
        NotifyAction notify => Notify(notify),
        _ => action.ToString()!,
    };

    private static string Vacation(VacationAction v) => string.Create(CultureInfo.InvariantCulture,
        $"vacation {v.Interval.TotalSeconds} \"{v.Subject}\"{(v.From is null ? "" : $" from {v.From}")}{string.Concat(v.Addresses.Select(a => $" also {a}"))}{(v.IsMime ? " mime" : "")}: {Escape(v.Reason)}{Fcc(v.Fcc)}");

    private static string Notify(NotifyAction n) => string.Create(CultureInfo.InvariantCulture,
        $"notify {n.Importance} {string.Join(',', n.Recipients)}{(n.Cc.Count > 0 ? $" cc {string.Join(',', n.Cc)}" : "")}{(n.From is null ? "" : $" from {n.From}")} \"{n.Subject}\"{(n.Body is null ? "" : $" body {Escape(n.Body)}")}{string.Concat(n.Fields.Select(f => $" {f.Key}={f.Value}"))}{string.Concat(n.Options.Select(o => $" option {o}"))}{Fcc(n.Fcc)}");

    private static string Fcc(SieveFcc? fcc) => fcc is null ? "" : " fcc " + Target(fcc.Target) + Flags(fcc.Flags);

    private static string Target(SieveTarget t) => t.Mailbox + (t.Id is null ? "" : $" id {t.Id}") + (t.MayCreate ? " create" : "") + (t.SpecialUse is null ? "" : $" use {t.SpecialUse}");

    private static string Flags(IReadOnlyList<string> flags) => flags.Count == 0 ? "" : " [" + string.Join(' ', flags) + "]";

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\r\n", "\\n", StringComparison.Ordinal);
}
