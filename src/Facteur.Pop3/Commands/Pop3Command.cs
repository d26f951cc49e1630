using System.Collections.Frozen;
using System.Text;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>A command as it was read.</summary>
internal abstract record Pop3Command
{
    /// <summary>Does it and writes its answer, or throws <see cref="Pop3RefusedException"/>.</summary>
    public abstract ValueTask RunAsync(Pop3Session session, CancellationToken cancel);
}

internal delegate Pop3Command Pop3Parser(ref Pop3Arguments arguments);

/// <summary>Every command: its name, its parser, and the states it is allowed in.</summary>
internal static class Pop3CommandTable
{
    private static readonly FrozenDictionary<string, (Pop3Parser Parser, Pop3States States)> Commands = new Dictionary<string, (Pop3Parser, Pop3States)>(StringComparer.OrdinalIgnoreCase)
    {
        ["USER"] = (User.Parse, Pop3States.Authorization),  // RFC 1939 §7
        ["PASS"] = (Pass.Parse, Pop3States.Authorization),  // RFC 1939 §7
        ["AUTH"] = (Auth.Parse, Pop3States.Authorization),  // RFC 5034 §4
        ["STLS"] = (Stls.Parse, Pop3States.Authorization),  // RFC 2595 §4
        ["UTF8"] = (Utf8.Parse, Pop3States.Authorization),  // RFC 6856 §2.1
        ["LANG"] = (Lang.Parse, Pop3States.Any),            // RFC 6856 §3
        ["CAPA"] = (Capa.Parse, Pop3States.Any),            // RFC 2449 §5
        ["STAT"] = (Stat.Parse, Pop3States.Transaction),    // RFC 1939 §5
        ["LIST"] = (List.Parse, Pop3States.Transaction),    // RFC 1939 §5
        ["RETR"] = (Retr.Parse, Pop3States.Transaction),    // RFC 1939 §5
        ["DELE"] = (Dele.Parse, Pop3States.Transaction),    // RFC 1939 §5
        ["RSET"] = (Rset.Parse, Pop3States.Transaction),    // RFC 1939 §5
        ["TOP"] = (Top.Parse, Pop3States.Transaction),      // RFC 1939 §7
        ["UIDL"] = (Uidl.Parse, Pop3States.Transaction),    // RFC 1939 §7
        ["NOOP"] = (Noop.Parse, Pop3States.Any),            // RFC 1939 §5; before login too: some clients keep a connection with it
        ["QUIT"] = (Quit.Parse, Pop3States.Any),            // RFC 1939 §4 and §6
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads one line without its CRLF.</summary>
    public static Pop3Command Parse(ReadOnlySpan<byte> line, Pop3States state)
    {
        var space = line.IndexOf((byte)' ');
        var keyword = space < 0 ? line : line[..space];
        Span<char> name = stackalloc char[4];
        if (keyword.Length > 4 || !Ascii.IsValid(keyword)
            || !Commands.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..Encoding.ASCII.GetChars(keyword, name)], out var command))
            throw new Pop3SyntaxException(Pop3Text.UnknownCommand);
        if ((command.States & state) == 0)
            throw new Pop3SyntaxException(state == Pop3States.Authorization ? Pop3Text.LogInFirst : Pop3Text.NotAfterLogin);
        var arguments = new Pop3Arguments(line[keyword.Length..]);
        return command.Parser(ref arguments);
    }
}
