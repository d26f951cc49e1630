using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Tests;

/// <summary>address: the addresses in fields.</summary>
// RFC 5228 §5.1; :mime RFC 5703 §4.2; :index RFC 5260 §6.
internal sealed record Address(FieldSelection Fields, AddressPart Part, MatchSpec Match, IReadOnlyList<SieveString> Names, MatchKeys Keys) : SieveTest
{
    // Fields of RFC 5322 and others that hold something else: RFC 5228 §5.1 keeps the test to those with addresses.
    private static readonly HashSet<string> withoutAddresses = new(StringComparer.OrdinalIgnoreCase)
    {
        "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Received", "Comments", "Keywords", "Resent-Date", "Resent-Message-ID", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Description", "Content-Length", "List-Id", "Precedence",
        "Auto-Submitted", "Authentication-Results", "DKIM-Signature", "Received-SPF", "X-Mailer", "User-Agent", "X-Priority", "Importance", "X-Spam-Flag", "X-Spam-Score",
    };

    public static SieveTest Parse(SieveArguments arguments)
    {
        var fields = FieldSelection.Parse(arguments);
        var part = AddressPartTag.Parse(arguments);
        var match = MatchSpec.Parse(arguments);
        var names = arguments.Strings(ScriptText.FieldNames);
        foreach (var name in names)
            if (name.IsConstant && withoutAddresses.Contains(name.Source)) throw new SieveSyntaxException(name.At, ScriptText.HoldsNoAddresses.With(name.Source));
        return new Address(fields, part, match, names, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var names = run.Expand(Names).Where(name => !withoutAddresses.Contains(name)).ToList();
        var addresses = new List<AddressItem>();
        foreach (var line in await Fields.SelectAsync(run, names, cancel))
        {
            run.Work.Spend(line.Value.Length / 4);
            addresses.AddRange(line.Addresses(run.Limits.MaxAddresses));
        }
        if (Match.IsCount) return Match.Counts(run, addresses.Count, Keys);
        var values = addresses.Select(address => AddressValue.Part(address, Part, run.Context.DetailSeparator)).OfType<string>().ToList();
        return await Match.AnyAsync(run, values, Keys, cancel);
    }
}
