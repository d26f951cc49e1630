using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Imap;
using Facteur.Jmap;
using Facteur.Net;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>
/// The same question by SEARCH of IMAP and by Email/query has the same answer, on random mailboxes. TEXT of IMAP looks at every header field, text of JMAP at
/// five (RFC 9051 §6.4.4, RFC 8621 §4.4.1): there IMAP is asked for the five.
/// </summary>
public sealed class QueryAgreementTests
{
    private static readonly string[] Words = ["alpha", "BETA", "gamma", "élan", "Straße", "наука", "日本", "o'neil", "a b", "alpha beta", "x@y", "ﬁn", "<b>", "delta ", "l’été", "l'été", "%", "z"];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task IMAP_and_JMAP_agree(int seed)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
            await jmap.DeliverAsync(Message(random), flags: Flags(random), at: new DateTimeOffset(2024, 1, random.Next(1, 20), random.Next(24), 30, 0, TimeSpan.Zero));
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        var uids = await UidsAsync(jmap, inbox.Id);
        var script = new StringBuilder("S: * OK *\nC: l LOGIN ada@example.com \"correct horse battery\"\nS: l OK *\nC: s EXAMINE INBOX\n");
        foreach (var said in (string[])["FLAGS *", "OK [PERMANENTFLAGS *", "60 EXISTS", "* RECENT", "OK [UNSEEN *", "OK [UIDVALIDITY *", "OK [UIDNEXT *", "OK [HIGHESTMODSEQ *", "OK [MAILBOXID *"])
            script.Append(CultureInfo.InvariantCulture, $"S: * {said}\n");
        script.Append("S: s OK *\n");
        for (var i = 0; i < 200; i++)
        {
            var (key, filter) = Question(random, 2);
            var found = (await jmap.QueryAsync(filter)).Select(id => uids[id]).Order();
            script.Append(CultureInfo.InvariantCulture, $"C: a{i} UID SEARCH CHARSET UTF-8 {key}\nS: * SEARCH{string.Concat(found.Select(uid => $" {uid}"))}\nS: a{i} OK done\n");
        }
        var handler = new ImapConnectionHandler(jmap.Store, jmap.Logins, new ImapOptions { PlaintextOnLoopback = true }, jmap.Time, NullLogger<ImapConnectionHandler>.Instance);
        await Transcript.RunAsync(handler, script.ToString(), new TranscriptOptions { Connection = new MailConnectionOptions { Time = jmap.Time } });
    }

    private static async Task<Dictionary<string, uint>> UidsAsync(JmapHarness jmap, MailboxId inbox)
    {
        var uids = new Dictionary<string, uint>();
        await using var reader = jmap.Store.ReadEmails(inbox, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default)) uids[JmapIds.Of(reader.Entry.Email)] = reader.Entry.Uid.Value;
        return uids;
    }

    private static (string Key, string Filter) Question(Random random, int depth)
    {
        var word = Words[random.Next(Words.Length)];
        var (imap, phrase) = (Quoted(word), JsonSerializer.Serialize("\"" + word + "\""));
        var field = ((string[])["FROM", "TO", "CC", "BCC", "SUBJECT", "BODY"])[random.Next(6)];
        var header = ((string[])["X-Tag", "Subject", "From", "Message-ID", "Reply-To", "To"])[random.Next(6)];
        var day = random.Next(1, 21);
        var size = random.Next(100, 600);
        switch (random.Next(depth > 0 ? 14 : 11))
        {
            case 0 or 1 or 2: return ($"{field} {imap}", $"{{\"{field.ToLowerInvariant()}\": {phrase}}}");
            case 3: return ($"HEADER {header} {imap}", $"{{\"header\": [\"{header}\", {phrase}]}}");
            case 4: return ($"HEADER {header} \"\"", $"{{\"header\": [\"{header}\"]}}");
            case 5 or 6: return ($"OR FROM {imap} OR TO {imap} OR CC {imap} OR BCC {imap} OR SUBJECT {imap} BODY {imap}", $"{{\"text\": {phrase}}}");
            case 7: return ($"LARGER {size}", $"{{\"minSize\": {size + 1}}}");
            case 8: return ($"SMALLER {size}", $"{{\"maxSize\": {size}}}");
            case 9: return random.Next(2) == 0
                ? ($"SINCE {day}-Jan-2024", $"{{\"after\": \"2024-01-{day:00}T00:00:00Z\"}}") : ($"BEFORE {day}-Jan-2024", $"{{\"before\": \"2024-01-{day:00}T00:00:00Z\"}}");
            case 10: return ((string, string)[])[("SEEN", "{\"hasKeyword\": \"$seen\"}"), ("UNFLAGGED", "{\"notKeyword\": \"$flagged\"}"), ("KEYWORD Tag", "{\"hasKeyword\": \"tag\"}")] is var flags
                ? flags[random.Next(3)] : default;
            case 11:
                var inner = Question(random, depth - 1);
                return ($"NOT ({inner.Key})", $"{{\"operator\": \"NOT\", \"conditions\": [{inner.Filter}]}}");
            default:
                var (a, b) = (Question(random, depth - 1), Question(random, depth - 1));
                return random.Next(2) == 0
                    ? ($"OR ({a.Key}) ({b.Key})", $"{{\"operator\": \"OR\", \"conditions\": [{a.Filter}, {b.Filter}]}}")
                    : ($"({a.Key}) ({b.Key})", $"{{\"operator\": \"AND\", \"conditions\": [{a.Filter}, {b.Filter}]}}");
        }
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static FlagSet Flags(Random random) =>
        new((random.Next(2) == 0 ? MessageFlags.Seen : MessageFlags.None) | (random.Next(2) == 0 ? MessageFlags.Flagged : MessageFlags.None), random.Next(2) == 0 ? ["Tag"] : []);

    private static string Message(Random random)
    {
        var text = new StringBuilder();
        foreach (var name in (string[])["From", "To", "Cc", "Bcc", "Subject", "X-Tag", "Reply-To", "Message-ID", "From", "Subject"])
            if (random.Next(3) > 0) text.Append(CultureInfo.InvariantCulture, $"{name}: {Value(random, name)}\n");
        text.Append("MIME-Version: 1.0\n");
        switch (random.Next(5))
        {
            case 0:
                text.Append("Content-Type: text/html; charset=utf-8\n\n").Append(CultureInfo.InvariantCulture, $"<p title='alpha'>{Word(random)}<i>{Word(random)}</i></p><style>gamma</style>\n");
                break;
            case 1:
                text.Append("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Word(random)}\n{Word(random)}"))).Append('\n');
                break;
            case 2:
                text.Append("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n").Append(Word(random)).Append("\n--b\nContent-Type: message/rfc822\n\nSubject: ").Append(Word(random))
                    .Append("\n\n").Append(Word(random)).Append("\n--b\nContent-Type: application/octet-stream; name=alpha.bin\n\ngamma\n--b--\n");
                break;
            case 3:
                text.Append("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=E9lan ").Append("al=\npha l'=E9t=E9\n");
                break;
            default:
                text.Append('\n').Append(Word(random)).Append(' ').Append(Word(random)).Append('\n').Append('.', random.Next(300)).Append('\n');
                break;
        }
        return text.ToString();
    }

    private static string Value(Random random, string name) => random.Next(4) switch
    {
        0 => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(Word(random)))}?= <{random.Next(9)}@z.example>",
        1 => $"{Word(random)},\n {Word(random)} <x@y.example>",
        2 when name == "Message-ID" => $"<{random.Next(100)}.alpha@x>",
        _ => Word(random),
    };

    private static string Word(Random random) => Words[random.Next(Words.Length)];
}
