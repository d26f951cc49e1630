using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>TOP: the header of a message, the empty line, and so many lines of its body; 0 is the header alone.</summary>
// RFC 1939 §7.
internal sealed record Top(int Number, int Lines) : Pop3Command
{
    /// <summary>Asked for as many lines, a client means all of them: fetchmail, told to keep mail, fetches by TOP with 99999999.</summary>
    private const int AllLines = 1_000_000;

    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        var number = arguments.Number();
        var lines = arguments.Number(Pop3Text.LinesMissing, Pop3Text.LinesAreNone);
        arguments.End();
        return new Top(number, lines);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel) =>
        await Retr.SendAsync(session, Number, new TopLimit(Lines), isFetch: Lines >= AllLines, cancel);
}
