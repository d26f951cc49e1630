using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Sieve;

namespace Facteur.Server.Commands;

/// <summary>A script tried on a message of a file: an account with nothing in it, scripts to include beside the script.</summary>
internal sealed class SieveTrial(FileInfo file, byte[] message, string? from, string? to) : SieveHost
{
    private const int MaxScriptOctets = 1024 * 1024;

    public ValueTask<SieveResult> RunAsync(SieveScript script, CancellationToken cancel)
    {
        var context = new SieveContext
        {
            EnvelopeFrom = from is null ? Path("Return-Path") : from.Trim('<', '>'),
            EnvelopeTo = to ?? Path("Delivered-To"),
            Now = TimeProvider.System.GetLocalNow(),
            Zone = TimeZoneInfo.Local,
        };
        return script.RunAsync(SieveMessage.Parse(message), context, this, SieveLimits.Default, cancel);
    }

    public override async ValueTask<SieveCompilation?> LoadScriptAsync(SieveScriptLocation location, string name, CancellationToken cancel)
    {
        var included = new FileInfo(System.IO.Path.Combine(file.Directory!.FullName, name + ".sieve"));
        if (!included.Exists || included.Length > MaxScriptOctets) return null;
        return SieveScript.Compile(await File.ReadAllBytesAsync(included.FullName, cancel), SieveLimits.Default);
    }

    /// <summary>One line for each action.</summary>
    public static IEnumerable<string> Describe(SieveResult result) => result.Actions.Select(Describe);

    private static string Describe(SieveAction action) => action switch
    {
        KeepAction keep => (keep.IsImplicit ? "keep, since nothing else is done" : "keep") + Flags(keep.Flags) + Edited(keep.Edited),
        FileIntoAction into => $"fileinto \"{into.Target.Mailbox}\"{(into.Target.MayCreate ? ", created if needed" : "")}{Flags(into.Flags)}{Edited(into.Edited)}",
        RedirectAction redirect => $"redirect {redirect.Address}{Edited(redirect.Edited)}",
        DiscardAction => "discard",
        RejectAction reject => $"{(reject.IsEreject ? "ereject" : "reject")}: {OneLine(reject.Reason)}",
        VacationAction vacation => string.Create(CultureInfo.InvariantCulture, $"vacation \"{vacation.Subject}\", once in {vacation.Interval}: {OneLine(vacation.Reason)}"),
        NotifyAction notify => $"notify {string.Join(", ", notify.Recipients)}: {OneLine(notify.Subject)}",
        _ => action.GetType().Name,
    };

    private static string Flags(IReadOnlyList<string> flags) => flags.Count == 0 ? "" : $", flags {string.Join(' ', flags)}";

    private static string Edited(IMessageSource? edited) => edited is null ? "" : string.Create(CultureInfo.InvariantCulture, $", changed to {edited.Length} octets");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private string? Path(string field) =>
        HeaderFields.TryFind(message, Encoding.ASCII.GetBytes(field), out var value) ? EncodedWords.Decode(value).Trim('<', '>') : null;
}
