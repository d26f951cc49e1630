using System.Text;

namespace Facteur.Tests.Pop3.Conformance;

/// <summary>What came of a conversation; <see cref="Why"/> is null when all was as expected.</summary>
internal sealed record Outcome(Conversation Conversation, string? Why, string Said, bool IsSkipped = false);

/// <summary>Holds one conversation with a server.</summary>
internal sealed class ConversationRun(IPop3Peer peer, Conversation conversation)
{
    /// <summary>A server that waits before it tells of a wrong password has this long.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<int, IPop3Line> lines = [];
    private readonly Dictionary<string, string> values = [];
    private readonly StringBuilder said = new();
    private readonly List<string> answer = [];
    private int at;
    private int client = 1;

    /// <param name="capabilities">What the server announces before login.</param>
    public async Task<Outcome> RunAsync(IReadOnlySet<string> capabilities)
    {
        if (conversation.Needs.Any(need => !capabilities.Contains(need))) return new Outcome(conversation, null, "", IsSkipped: true);
        SetValues();
        try
        {
            await peer.FillAsync([.. conversation.Mail.Select(SampleMail.Octets)]);
            foreach (var step in conversation.Steps) await RunAsync(step).WaitAsync(patience);
            return new Outcome(conversation, null, said.ToString());
        }
        catch (Exception e) when (e is UnexpectedException or IOException or TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            return new Outcome(conversation, e is TimeoutException ? "the server did not answer" : e.Message, said.ToString());
        }
        finally
        {
            foreach (var line in lines.Values) await line.DisposeAsync();
        }
    }

    /// <summary>What a server announces before login.</summary>
    public static async Task<HashSet<string>> CapabilitiesAsync(IPop3Peer peer)
    {
        await using var line = await peer.ConnectAsync();
        await line.ReadLineAsync();
        await line.WriteAsync("CAPA\r\n"u8.ToArray());
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (await line.ReadLineAsync() is not { } status || !status.StartsWith("+OK", StringComparison.Ordinal)) return found;
        while (await line.ReadLineAsync() is { } text and not ".")
        {
            found.Add(text);
            var words = text.Split(' ');
            found.Add(words[0]);
            foreach (var word in words.Skip(1)) found.Add($"{words[0]} {word}");
        }
        return found;
    }

    private void SetValues()
    {
        string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        values["user"] = peer.User;
        values["password"] = peer.Password;
        values["plain"] = Base64($"\0{peer.User}\0{peer.Password}");
        values["plain-same"] = Base64($"{peer.User}\0{peer.User}\0{peer.Password}");
        values["plain-other"] = Base64($"someone-else@example.test\0{peer.User}\0{peer.Password}");
        values["plain-wrong"] = Base64($"\0{peer.User}\0wrong-password");
        values["plain-long"] = Base64($"\0{peer.User}\0{new string('x', 600)}");
        values["plain-parts"] = Base64(peer.User);
        values["user64"] = Base64(peer.User);
        values["password64"] = Base64(peer.Password);
        values["long-name"] = new string('n', 240);
        values["count"] = $"{conversation.Mail.Count}";
        values["sum"] = $"{conversation.Mail.Sum(name => SampleMail.Octets(name).Length)}";
        foreach (var name in conversation.Mail) values[$"size:{name}"] = $"{SampleMail.Octets(name).Length}";
    }

    private async Task RunAsync(Step step)
    {
        switch (step.Verb)
        {
            case "C:": await SendAsync(LinePattern.Fill(step.Text, values) + "\r\n"); break;
            case "C\\:": await SendAsync(Unescape(LinePattern.Fill(step.Text, values))); break;
            case "S:": Expect(step.Text, await ReadAsync()); break;
            case "M:": await ReadAnswerAsync(step.Text); break;
            case "|" or "|+" or "|-" or "|.": Look(step); break;
            case "body:": Compare(SampleMail.Lines(step.Text)); break;
            case "top:": Compare(SampleMail.Top(step.Text.Split(' ')[0], int.Parse(step.Text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))); break;
            case "login": await LoginAsync(); break;
            case "quit": await QuitAsync(); break;
            case "tls": await (await LineAsync()).StartTlsAsync(); break;
            case "client": client = int.Parse(step.Text, System.Globalization.CultureInfo.InvariantCulture); await LineAsync(); break;
            case "again": await AgainAsync(); break;
            case "close": await (await LineAsync()).CloseAsync(); break;
            case "abort": await (await LineAsync()).AbortAsync(); break;
            case "closed": if (await ReadAsync() is { } more) throw new UnexpectedException($"the server did not close but said: {more}"); break;
            case "append:": await peer.AppendAsync(SampleMail.Octets(step.Text)); break;
            case "expunge:": await peer.ExpungeAsync(int.Parse(step.Text, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }

    private async Task<IPop3Line> LineAsync()
    {
        if (lines.TryGetValue(client, out var known)) return known;
        lines.Add(client, known = await peer.ConnectAsync());
        Expect("+OK", await ReadAsync());
        return known;
    }

    private async Task AgainAsync()
    {
        if (lines.Remove(client, out var former)) await former.DisposeAsync();
        await LineAsync();
    }

    private async Task SendAsync(string text)
    {
        var line = await LineAsync();
        said.Append('C').Append(client).Append(": ").AppendLine(Shown(text));
        await line.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private async Task<string?> ReadAsync()
    {
        var text = await (await LineAsync()).ReadLineAsync();
        said.Append('S').Append(client).Append(": ").AppendLine(text is null ? "<closed>" : Shown(text));
        return text;
    }

    private async Task ReadAnswerAsync(string pattern)
    {
        Expect(pattern, await ReadAsync());
        answer.Clear();
        at = 0;
        while (true)
        {
            var line = await ReadAsync() ?? throw new UnexpectedException("the server closed within an answer of several lines");
            if (line == ".") return;
            answer.Add(line.StartsWith('.') ? line[1..] : line); // RFC 1939 §3
        }
    }

    private void Look(Step step)
    {
        switch (step.Verb)
        {
            case "|":
                Expect(step.Text, at < answer.Count ? answer[at++] : null);
                break;
            case "|+":
                if (!answer.Exists(line => LinePattern.Mismatch(step.Text, line, values) is null)) throw new UnexpectedException($"no line is: {step.Text}");
                break;
            case "|-":
                if (answer.Find(line => LinePattern.Mismatch(step.Text, line, new Dictionary<string, string>(values)) is null) is { } bad) throw new UnexpectedException($"a line is: {bad}");
                break;
            default:
                if (at < answer.Count) throw new UnexpectedException($"there is one more line: {answer[at]}");
                break;
        }
    }

    private void Compare(string[] expected)
    {
        for (var i = 0; i < Math.Max(expected.Length, answer.Count); i++)
        {
            var (wanted, got) = (i < expected.Length ? expected[i] : null, i < answer.Count ? answer[i] : null);
            if (wanted != got) throw new UnexpectedException($"line {i + 1} is {(got is null ? "missing" : $"\"{Shown(got)}\"")}, expected {(wanted is null ? "no more" : $"\"{Shown(wanted)}\"")}");
        }
    }

    private async Task LoginAsync()
    {
        await SendAsync($"USER {peer.User}\r\n");
        Expect("+OK", await ReadAsync());
        await SendAsync($"PASS {peer.Password}\r\n");
        Expect("+OK", await ReadAsync());
    }

    private async Task QuitAsync()
    {
        await SendAsync("QUIT\r\n");
        Expect("+OK", await ReadAsync());
        if (await ReadAsync() is { } more) throw new UnexpectedException($"after QUIT the server said: {more}");
    }

    private void Expect(string pattern, string? line)
    {
        if (line is null) throw new UnexpectedException($"the server has closed, or has no more lines; expected: {pattern}");
        if (LinePattern.Mismatch(pattern, line, values) is { } expected) throw new UnexpectedException($"the server said: {Shown(line)}; expected: {expected}");
    }

    private static string Unescape(string text)
    {
        var octets = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                octets.Append(text[i]);
                continue;
            }
            octets.Append(text[++i] switch { 'r' => '\r', 'n' => '\n', 't' => '\t', '0' => '\0', var other => other });
        }
        return octets.ToString();
    }

    private static string Shown(string text) => text.Length > 200 ? text[..200] + "…" : text.Replace("\r\n", "\\r\\n", StringComparison.Ordinal);

    private sealed class UnexpectedException(string message) : Exception(message);
}
