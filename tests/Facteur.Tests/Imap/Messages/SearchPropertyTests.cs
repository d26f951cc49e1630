using System.Globalization;
using System.Text;
using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

/// <summary>Random searches over a generated mailbox find what a plain reading of the messages finds.</summary>
public class SearchPropertyTests
{
    private static readonly string[] Words = ["alpha", "beta", "gamma", "delta", "élan", "zeta"];
    private static readonly MessageFlags[] SystemFlags = [MessageFlags.Seen, MessageFlags.Answered, MessageFlags.Flagged, MessageFlags.Deleted, MessageFlags.Draft];
    private static readonly string[] FlagKeys = ["SEEN", "ANSWERED", "FLAGGED", "DELETED", "DRAFT"];

    private sealed record Message(int Number, uint Uid, MessageFlags Flags, string Subject, string From, string Body, string Tag, DateOnly Date, DateOnly Sent, int Size);

    [Fact]
    public async Task Evaluator_agrees_with_a_naive_one()
    {
        await using var mail = await MessagesFixture.CreateAsync();
        var random = new Random(42);
        var messages = await GenerateAsync(mail, random, 60);
        var script = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            var (key, test) = Key(random, 3);
            var found = messages.Where(test).Select(m => " " + m.Number);
            script.Append(CultureInfo.InvariantCulture, $"C: a{i} SEARCH {key}\nS: * SEARCH{string.Concat(found)}\nS: a{i} OK done\n");
        }
        await mail.RunAsync(script.ToString());
    }

    private static async Task<List<Message>> GenerateAsync(MessagesFixture mail, Random random, int count)
    {
        var messages = new List<Message>();
        for (var i = 0; i < count; i++)
        {
            var flags = SystemFlags.Where(_ => random.Next(2) == 0).Aggregate(MessageFlags.None, (a, b) => a | b);
            var date = new DateOnly(2024, 1, 1).AddDays(random.Next(10));
            var sent = new DateOnly(2024, 1, 1).AddDays(random.Next(10));
            string subject = Word(random), from = Word(random), body = Word(random) + " " + Word(random), tag = Word(random);
            var text = $"From: {from}@demo.test\r\nSubject: {subject}\r\nX-Tag: {tag}\r\nDate: {sent.ToString("d MMM yyyy", CultureInfo.InvariantCulture)} 23:30:00 -0700\r\n"
                + $"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}{new string('.', random.Next(300))}\r\n";
            var octets = Encoding.UTF8.GetBytes(text);
            var entry = await mail.AddAsync(octets, flags, new DateTimeOffset(date.ToDateTime(new TimeOnly(1, 0)), TimeSpan.FromHours(9)));
            messages.Add(new Message(i + 1, entry.Uid.Value, flags, subject, from, body, tag, date, sent, octets.Length));
        }
        return messages;
    }

    private static (string Key, Func<Message, bool> Test) Key(Random random, int depth)
    {
        var word = Word(random);
        var day = new DateOnly(2024, 1, 1).AddDays(random.Next(10));
        var date = day.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture);
        var number = random.Next(1, 61);
        switch (random.Next(depth > 0 ? 18 : 13))
        {
            case 0: return ($"SUBJECT \"{word}\"", m => m.Subject == word);
            case 1: return ($"FROM \"{word}\"", m => m.From == word);
            case 2: return ($"BODY \"{word}\"", m => m.Body.Contains(word, StringComparison.Ordinal));
            case 3: return ($"TEXT \"{word}\"", m => m.Body.Contains(word, StringComparison.Ordinal) || m.Subject == word || m.From == word || m.Tag == word);
            case 4: return ($"HEADER X-TAG \"{word}\"", m => m.Tag == word);
            case 5: return ($"BEFORE {date}", m => m.Date < day);
            case 6: return ($"ON {date}", m => m.Date == day);
            case 7: return ($"SENTSINCE {date}", m => m.Sent >= day);
            case 8: return ($"LARGER {200 + number}", m => m.Size > 200 + number);
            case 9: return ($"{number}:*", m => m.Number >= number);
            case 10: return ($"UID 3,{number}", m => m.Uid == 3 || m.Uid == number);
            case 11 or 12:
                var flag = random.Next(5);
                return random.Next(2) == 0 ? (FlagKeys[flag], m => m.Flags.Has(SystemFlags[flag])) : ("UN" + FlagKeys[flag], m => !m.Flags.Has(SystemFlags[flag]));
            case 13 or 14:
                var inner = Key(random, depth - 1);
                return ("NOT " + inner.Key, m => !inner.Test(m));
            case 15 or 16:
                var (left, right) = (Key(random, depth - 1), Key(random, depth - 1));
                return ($"OR {left.Key} {right.Key}", m => left.Test(m) || right.Test(m));
            default:
                var (first, second) = (Key(random, depth - 1), Key(random, depth - 1));
                return ($"({first.Key} {second.Key})", m => first.Test(m) && second.Test(m));
        }
    }

    private static string Word(Random random) => Words[random.Next(Words.Length)];
}
