using System.Text.Json;

namespace Facteur.Tests.Jmap;

/// <summary>Does one thing to an account, by any of three protocols, and says what.</summary>
internal sealed class CoherenceChanger(JmapHarness jmap, ImapProgram imap, PopProgram pop, Random random)
{
    private static readonly string[] Flags = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted", "Work", "$Forwarded", "$Junk"];
    private static readonly string[] Keywords = ["$seen", "$answered", "$flagged", "$draft", "work", "$forwarded", "other"];

    private int number;

    public async Task<string> ChangeAsync() => random.Next(10) switch
    {
        0 => await PopAsync(),
        < 6 => await ImapAsync(),
        _ => await JmapAsync(),
    };

    private async Task<string> PopAsync()
    {
        var message = random.Next(1, 6);
        await pop.ListAsync(message);
        return $"POP DELE {message}";
    }

    private async Task<string> ImapAsync()
    {
        var mailboxes = (await imap.ListAsync()).Where(one => one.IsSelectable).ToList();
        var (box, other) = (Any(mailboxes).Name, Any(mailboxes).Name);
        var command = random.Next(14) switch
        {
            < 3 => Append(box),
            < 6 => $"UID STORE {Uids()} {Any(["+", "-", ""])}FLAGS ({Any(Flags)} {Any(Flags)})",
            6 => "EXPUNGE",
            7 => $"UID EXPUNGE {Uids()}",
            8 => $"UID COPY {Uids()} {other}",
            9 or 10 => $"UID MOVE {Uids()} {other}",
            11 => $"CREATE {(random.Next(2) == 0 ? "" : box + "/")}I{++number}",
            12 => $"RENAME {box} {(random.Next(3) == 0 ? other + "/" : "")}I{++number}",
            _ => $"DELETE {box}",
        };
        // A mailbox that is about to go is not left selected.
        await imap.DoAsync(command.StartsWith("DELETE", StringComparison.Ordinal) || command.StartsWith("RENAME", StringComparison.Ordinal) ? "SELECT INBOX" : $"SELECT {box}");
        var (ok, _) = await imap.TryAsync(command);
        return $"IMAP in {box}: {command.ReplaceLineEndings(" ")} {(ok ? "OK" : "NO")}";
    }

    private string Append(string box)
    {
        var message = $"Message-ID: <{++number}@x>\r\nReferences: <{random.Next(1, number + 2)}@x>\r\nSubject: {number}\r\n\r\n{new string('x', random.Next(50))}\r\n";
        return $"APPEND {box} ({Any(Flags)}) {{{message.Length}+}}\r\n{message}";
    }

    private string Uids()
    {
        var first = random.Next(1, 12);
        return random.Next(5) == 0 ? "1:*" : $"{first}:{first + random.Next(4)}";
    }

    private async Task<string> JmapAsync()
    {
        var account = await JmapAccountView.ReadAsync(jmap);
        var (box, other) = (Any([.. account.Mailboxes.Values]).GetProperty("id").GetString()!, Any([.. account.Mailboxes.Values]).GetProperty("id").GetString()!);
        var emails = account.Emails.Count == 0 ? ["e1"] : Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any([.. account.Emails.Keys])).Distinct().ToList();
        var (method, arguments) = random.Next(14) switch
        {
            < 3 => ("Email/set", $$"""{"create": {"c": {"mailboxIds": {"{{box}}": true}, "keywords": {"{{Any(Keywords)}}": true}, "subject": "{{++number}}", "references": ["{{random.Next(1, number + 1)}}@x"], "messageId": ["{{number}}@x"]} } }"""),
            < 5 => ("Email/set", Update(emails, $$"""{"keywords/{{Any(Keywords)}}": true, "keywords/{{Any(["$seen", "no", "work"])}}x": null}""")),
            5 => ("Email/set", Update(emails, $$"""{"keywords/{{Any(Keywords)}}": null}""")),
            6 => ("Email/set", Update(emails, $$"""{"keywords": {"{{Any(Keywords)}}": true, "{{Any(["a", "b"])}}": true} }""")),
            7 or 8 => ("Email/set", Update(emails, $$"""{"mailboxIds": {"{{box}}": true{{(box == other ? "" : $", \"{other}\": true")}} } }""")),
            9 => ("Email/set", Update(emails, $$"""{"mailboxIds/{{box}}": true, "mailboxIds/{{(box == other ? "m0" : other)}}": null, "keywords/$flagged": true}""")),
            10 => ("Email/set", $$"""{"destroy": {{JsonSerializer.Serialize(emails)}} }"""),
            11 => ("Mailbox/set", $$"""{"create": {"c": {"name": "J{{++number}}", "parentId": {{Any(["null", $"\"{box}\""])}} } } }"""),
            12 => ("Mailbox/set", $$"""{"update": {"{{box}}": {"name": "J{{++number}}", "parentId": {{Any(["null", $"\"{other}\""])}}, "sortOrder": {{number}} } } }"""),
            _ => ("Mailbox/set", $$"""{"destroy": ["{{box}}"], "onDestroyRemoveEmails": {{Any(["true", "false"])}} }"""),
        };
        var answer = await jmap.CallAsync(method, arguments);
        // Nobody else was there: the states are those of /get. Emails that go with their mailbox change counts of others, which the client has to ask for.
        Assert.True(answer.GetProperty("oldState").ValueKind != JsonValueKind.Null || arguments.Contains("onDestroyRemoveEmails", StringComparison.Ordinal), $"{arguments}: {answer}");
        Assert.Equal(await jmap.StateAsync(), answer.GetProperty("newState").GetString());
        return $"JMAP {method} {arguments}: {answer}";
    }

    private static string Update(IEnumerable<string> emails, string patch) => $$"""{"update": { {{string.Join(", ", emails.Select(email => $"\"{email}\": {patch}"))}} } }""";

    private T Any<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
