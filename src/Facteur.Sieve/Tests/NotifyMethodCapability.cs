using Facteur.Sieve.Commands;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>notify_method_capability: what a method of notification can do.</summary>
// RFC 5435 §5; "fcc" RFC 8580 §6.1; mailto never knows who is online, RFC 5436 §2.2.
internal sealed record NotifyMethodCapability(MatchSpec Match, SieveString Method, SieveString Capability, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var match = MatchSpec.Parse(arguments);
        var method = arguments.String(ScriptText.AMethod);
        var capability = arguments.String(ScriptText.CapabilityName);
        return new NotifyMethodCapability(match, method, capability, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var method = Method.Expand(run);
        var value = Capability.Expand(run).ToLowerInvariant() switch
        {
            "online" when MailtoUri.Parse(method) is not null => "maybe",
            // RFC 8580 §6.1: the scheme alone will do.
            "fcc" when method.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) => "yes",
            _ => null,
        };
        if (value is null) return false;
        return Match.IsCount ? Match.Counts(run, 1, Keys) : await Match.AnyAsync(run, [value], Keys, cancel);
    }
}
