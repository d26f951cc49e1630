using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Tests;

/// <summary>date: a part of the date in a field.</summary>
// RFC 5260 §4; :index §6.
internal sealed record Date(FieldSelection Fields, SieveString? Zone, bool IsOriginalZone, MatchSpec Match, SieveString Field, SieveString Part, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var fields = FieldSelection.Parse(arguments, mayMime: false);
        arguments.OneOf("zone", "originalzone");
        var zone = ReadZone(arguments);
        var isOriginal = arguments.Flag("originalzone");
        var match = MatchSpec.Parse(arguments);
        var field = arguments.String(ScriptText.FieldName);
        var part = ReadPart(arguments);
        return new Date(fields, zone, isOriginal, match, field, part, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    /// <summary>:zone with an offset.</summary>
    public static SieveString? ReadZone(SieveArguments arguments)
    {
        var zone = arguments.TaggedString("zone");
        if (zone is { IsConstant: true } && DatePart.ReadZone(zone.Source) is null) throw new SieveSyntaxException(zone.At, ScriptText.ZoneTakes);
        return zone;
    }

    /// <summary>The name of a part of a date.</summary>
    public static SieveString ReadPart(SieveArguments arguments)
    {
        var part = arguments.String(ScriptText.DatePart);
        if (part.IsConstant && DatePart.Of(DateTimeOffset.UnixEpoch, part.Source) is null) throw new SieveSyntaxException(part.At, ScriptText.NoSuchDatePart);
        return part;
    }

    /// <summary>The date where it is asked for.</summary>
    public static DateTimeOffset Shift(SieveRun run, DateTimeOffset date, SieveString? zone)
    {
        if (zone is null) return TimeZoneInfo.ConvertTime(date, run.Context.Zone);
        return DatePart.ReadZone(zone.Expand(run)) is { } offset ? date.ToOffset(offset) : throw new SieveRuntimeException(ScriptText.ZoneTakes);
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var line = (await Fields.SelectAsync(run, [Field.Expand(run)], cancel)).FirstOrDefault();
        var isDate = TryRead(line, out var date);
        if (Match.IsCount) return Match.Counts(run, isDate ? 1 : 0, Keys);
        if (!isDate) return false;
        var value = DatePart.Of(IsOriginalZone ? date : Shift(run, date, Zone), Part.Expand(run));
        return value is not null && await Match.AnyAsync(run, [value], Keys, cancel);
    }

    /// <summary>The date a field is, or ends with after a semicolon.</summary>
    private static bool TryRead(HeaderLine? line, out DateTimeOffset date)
    {
        date = default;
        if (line is null) return false;
        var value = line.Value.Span;
        return MailDate.TryParse(value[(value.LastIndexOf((byte)';') + 1)..], out date) || MailDate.TryParse(value, out date);
    }
}
