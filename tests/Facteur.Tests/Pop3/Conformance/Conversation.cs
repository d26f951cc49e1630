namespace Facteur.Tests.Pop3.Conformance;

/// <summary>How binding what a conversation asks for is, by the words of its RFC.</summary>
internal enum Level { Must, Should, May }

/// <summary>One step of a conversation: a word, and what it is about.</summary>
internal readonly record struct Step(string Verb, string Text, int Line);

/// <summary>
/// One conversation of the POP3 suite. It is written against the words of an RFC, names them, and can be held with any server. A file is
/// <code>
/// == what is shown
/// rfc: RFC 1939 §5, STAT             the words it is held against
/// level: should                      "must" when it is not said
/// needs: STLS, UTF8                  capabilities before login; without them it is passed over
/// mail: un deux                      the maildrop holds just these samples, in this order
/// C: text                            the client sends a line;  C\: octets with \r \n \0 \xHH, no line end added
/// S: pattern                         the server's next line (LinePattern)
/// M: pattern                         the first line of a multi-line answer, and the lines to its end
/// | pattern                          its next line;  |+ one of its lines;  |- none of its lines;  |. it has no more
/// body: un                           its lines are those of the sample;  top: un 3 its header and so many lines
/// login                              USER and PASS, both with +OK;  quit QUIT with +OK, and the server closes
/// tls                                the client does its TLS handshake
/// client 2                           what follows is of another connection;  again  of a new one
/// close, abort                       the client closes its side, or goes away
/// closed                             the server has closed
/// append: trois, expunge: 1          by another protocol meanwhile
/// </code>
/// </summary>
internal sealed record Conversation(string File, string Title, string Rfc, Level Level, IReadOnlyList<string> Needs, IReadOnlyList<string> Mail, IReadOnlyList<Step> Steps)
{
    private const string Prefix = "Facteur.Tests.Pop3.Conformance.Scripts.";

    /// <summary>All of the suite, in the order of files.</summary>
    public static IReadOnlyList<Conversation> All { get; } = Load();

    public string Name => $"{File}: {Title}";

    private static List<Conversation> Load()
    {
        var assembly = typeof(Conversation).Assembly;
        var all = new List<Conversation>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            all.AddRange(Parse(resource[Prefix.Length..^4], reader.ReadToEnd()));
        }
        return all;
    }

    public static IEnumerable<Conversation> Parse(string file, string text)
    {
        Builder? open = null;
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r');
            if (line.Length == 0 || line.StartsWith('#')) continue;
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (open is not null) yield return open.Build();
                open = new Builder(file, line[3..]);
                continue;
            }
            (open ?? throw new FormatException($"{file} line {number}: a conversation begins with ==")).Add(line, number);
        }
        if (open is not null) yield return open.Build();
    }

    private sealed class Builder(string file, string title)
    {
        private static readonly string[] verbs = ["C:", "C\\:", "S:", "M:", "|", "|+", "|-", "|.", "body:", "top:", "login", "quit", "tls", "client", "again", "close", "abort", "closed", "append:", "expunge:"];
        private readonly List<Step> steps = [];
        private string rfc = "";
        private Level level;
        private string[] needs = [], mail = [];

        public void Add(string line, int number)
        {
            var space = line.IndexOf(' ');
            var (verb, text) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
            switch (verb)
            {
                case "rfc:": rfc = text; break;
                case "level:": level = Enum.Parse<Level>(text, ignoreCase: true); break;
                case "needs:": needs = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries); break;
                case "mail:": mail = text.Split(' ', StringSplitOptions.RemoveEmptyEntries); break;
                default:
                    if (!verbs.Contains(verb)) throw new FormatException($"{file} line {number}: \"{verb}\" is no step");
                    steps.Add(new Step(verb, text, number));
                    break;
            }
        }

        public Conversation Build() => new(file, title, rfc.Length > 0 ? rfc : throw new FormatException($"{file}: \"{title}\" names no RFC"), level, needs, mail, steps);
    }
}
