using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>vacation: asks for an automatic reply to the sender.</summary>
// RFC 5230 §4; :seconds RFC 6131 §2; :fcc RFC 8580 §5.
internal sealed record Vacation(
    TimeSpan Interval, SieveString? Subject, SieveString? From, IReadOnlyList<SieveString> Addresses, bool IsMime, SieveString? Handle, SieveString Reason, FccArguments? Fcc) : SieveCommand
{
    private const int DefaultDays = 7;

    public static SieveCommand Parse(SieveArguments arguments)
    {
        var interval = ReadInterval(arguments);
        var subject = arguments.TaggedString("subject");
        var from = arguments.TaggedString("from");
        if (from is { IsConstant: true } && !AddressValue.IsMailboxList(from.Source)) throw new SieveSyntaxException(from.At, ScriptText.FromTakesAnAddress);
        var addresses = arguments.TaggedStrings("addresses") ?? [];
        var isMime = arguments.Flag("mime");
        var handle = arguments.TaggedString("handle");
        var fcc = FccArguments.Parse(arguments);
        var reason = arguments.String(ScriptText.ReplyText);
        // RFC 5230 §5: 8-bit material is not allowed in the header of a :mime entity.
        if (isMime && reason.IsConstant && !Ascii.IsValid(HeaderOf(reason.Source))) throw new SieveSyntaxException(reason.At, ScriptText.MimeHeaderIsAscii);
        return new Vacation(interval, subject, from, addresses, isMime, handle, reason, fcc);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.RequireDelivery("vacation");
        var from = From?.Expand(run);
        // RFC 5230 §4.3 suggests to ignore what cannot be used.
        if (from is not null && !AddressValue.IsMailboxList(from)) from = null;
        var fcc = Fcc is null ? null : await Fcc.ResolveAsync(run, cancel);
        run.Plan.Vacation(new VacationAction(
            Key(), Min(Interval, run.Limits.MaxVacation), SubjectFor(run), from, [.. run.Expand(Addresses).Select(OctetText.ToText)], IsMime, OctetText.ToText(Reason.Expand(run)), fcc) { At = run.At });
        return Flow.Next;
    }

    private string SubjectFor(SieveRun run)
    {
        if (Subject is not null) return OctetText.ToText(Subject.Expand(run));
        // RFC 5230 §5.3.
        return run.Message.Header.Named("Subject").FirstOrDefault() is { Text.Length: > 0 } subject ? "Auto: " + subject.Text : "Automated reply";
    }

    /// <summary>Of the handle, or of the words before variables are put in; each with its length, so that none passes for another (RFC 5230 §4.2).</summary>
    private string Key()
    {
        var parts = Handle is not null ? ["handle", Handle.Source] : new[] { "words", Subject?.Source ?? "", From?.Source ?? "", IsMime ? "mime" : "", Reason.Source };
        var all = new StringBuilder();
        foreach (var part in parts) all.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        return Convert.ToHexStringLower(SHA256.HashData(OctetText.ToOctets(all.ToString())));
    }

    private static TimeSpan ReadInterval(SieveArguments arguments)
    {
        arguments.OneOf("days", "seconds");
        if (arguments.TaggedNumber("seconds", Extensions.VacationSeconds) is { } seconds)
        {
            if (seconds > 1L << 31) throw arguments.Error(ScriptText.SecondsTakes);
            return TimeSpan.FromSeconds(seconds);
        }
        // RFC 5230 §4.1: less than the minimum is the minimum.
        var days = arguments.TaggedNumber("days") ?? DefaultDays;
        return TimeSpan.FromDays(Math.Clamp(days, 1, 10_000));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static ReadOnlySpan<char> HeaderOf(string entity)
    {
        var end = entity.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? entity : entity.AsSpan(0, end);
    }
}
