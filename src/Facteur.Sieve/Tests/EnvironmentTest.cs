using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>environment: where and for what the script runs.</summary>
// RFC 5183 §4; items of mailbox events RFC 6785 §4.
internal sealed record EnvironmentTest(MatchSpec Match, SieveString Item, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var match = MatchSpec.Parse(arguments);
        var item = arguments.String(ScriptText.ItemName);
        return new EnvironmentTest(match, item, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        if (Value(run, Item.Expand(run).ToLowerInvariant()) is not { } value) return false;
        return Match.IsCount ? Match.Counts(run, value.Length > 0 ? 1 : 0, Keys) : await Match.AnyAsync(run, [value], Keys, cancel);
    }

    /// <summary>Null when there is no such item: the test fails then, whatever it is held against.</summary>
    private static string? Value(SieveRun run, string item)
    {
        var happened = run.Context.ImapEvent;
        return item switch
        {
            "location" => happened is not null ? "MS" : run.Context.Environment.GetValueOrDefault(item) ?? "MDA",
            "phase" => happened is not null ? "post" : run.Context.Environment.GetValueOrDefault(item) ?? "during",
            "imap.user" => happened?.User ?? "",
            "imap.email" => happened?.Email ?? "",
            "imap.cause" => happened?.Cause ?? "",
            "imap.mailbox" => happened?.Mailbox ?? "",
            "imap.changedflags" => string.Join(' ', happened?.ChangedFlags ?? []),
            "name" => run.Context.Environment.GetValueOrDefault(item) ?? "Facteur",
            _ => run.Context.Environment.GetValueOrDefault(item),
        };
    }
}
