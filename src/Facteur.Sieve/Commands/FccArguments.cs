using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>:fcc with its options: a copy of a message the script sends is filed.</summary>
// RFC 8580 §3.
internal sealed record FccArguments(TargetArguments Target, IReadOnlyList<SieveString>? Flags)
{
    private static readonly string[] options = ["create", "mailboxid", "specialuse", "flags"];

    /// <summary>Null when there is no :fcc; its options are then unknown tags.</summary>
    public static FccArguments? Parse(SieveArguments arguments)
    {
        if (arguments.TaggedString("fcc", Extensions.Fcc) is not { } mailbox)
        {
            foreach (var option in options)
                if (arguments.FlagAt(option) is { } at) throw new Syntax.SieveSyntaxException(at, ScriptText.NeedsFcc.With(option));
            return null;
        }
        var flags = arguments.TaggedStrings("flags", Extensions.Imap4Flags);
        return new FccArguments(TargetArguments.Parse(arguments) with { Mailbox = mailbox }, flags);
    }

    public async ValueTask<SieveFcc> ResolveAsync(SieveRun run, CancellationToken cancel)
    {
        var set = new FlagSet([], run.Limits);
        if (Flags is not null) set.Add(run.Expand(Flags));
        return new SieveFcc(await Target.ResolveAsync(run, cancel), set.Flags);
    }
}
