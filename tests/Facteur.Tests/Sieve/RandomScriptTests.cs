using System.Text;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>Scripts of random commands on random messages: a run ends with actions that go together, or with an error and the message kept.</summary>
public sealed class RandomScriptTests
{
    private const string Require = """
        require ["fileinto", "envelope", "encoded-character", "variables", "vacation-seconds", "relational", "imap4flags", "subaddress", "spamtestplus", "virustest", "date", "index",
          "mailbox", "mailboxid", "special-use", "fcc", "duplicate", "editheader", "regex", "include", "ihave", "environment", "enotify", "mime", "foreverypart", "extracttext",
          "replace", "enclose", "extlists", "body", "reject", "ereject", "copy", "comparator-i;ascii-numeric", "comparator-i;unicode-casemap"];
        """;

    private static readonly string[] commands =
    [
        "keep;", "keep :flags [\"a\", S];", "discard;", "stop;", "fileinto S;", "fileinto :copy :create :flags S S;", "fileinto :specialuse \"\\\\Sent\" S;", "fileinto :mailboxid S S;", "redirect \"a@example.com\";", "redirect :copy S;",
        "reject S;", "ereject S;", "vacation :days 3 :subject S S;", "vacation :mime :seconds 0 :addresses [S, S] :from S :fcc S S;", "set \"a\" S;", "set :length :upper \"b\" S;", "set :quoteregex :encodeurl \"global.c\" S;",
        "setflag S;", "addflag \"a\" [S, S];", "removeflag S;", "addheader S S;", "addheader :last \"X-A\" S;", "deleteheader :index 1 :last \"X-A\" S;", "deleteheader :matches \"Subject\" S;", "notify :message S \"mailto:a@example.com\";",
        "notify S;", "include :optional \"none\";", "include :once \"self\";", "global \"a\";", "error S;", "foreverypart { B }", "foreverypart { replace S; B }", "foreverypart { replace :mime S; break; }", "foreverypart { extracttext :first 5 \"a\"; }",
        "foreverypart { enclose S; B }", "replace :subject S S;", "replace :mime S;", "enclose :subject S :headers [\"From\", S] S;", "if T { B }", "if T { B } elsif T { B } else { B }", "unknown S;",
    ];

    private static readonly string[] tests =
    [
        "true", "false", "not T", "allof (T, T)", "anyof (T, T, T)", "exists [S, \"From\"]", "exists :mime :anychild S", "size :over 100", "header M S S", "header :index 2 :last M [\"Received\", S] S", "header :mime :anychild :param S M \"Content-Type\" S",
        "header :mime :subtype M \"Content-Type\" S", "address :domain M [\"From\", \"To\"] S", "address :detail M \"To\" S", "envelope :user M [\"from\", \"to\"] S", "body M S", "body :raw M S", "body :content [\"text\", \"multipart\", S] M S",
        "string M [S, S] S", "hasflag :regex S", "hasflag [\"a\"] S", "date M \"Date\" \"iso8601\" S", "date :zone \"+0100\" :index 1 M \"Received\" \"julian\" S", "currentdate M \"std11\" S", "environment M S S", "ihave S", "mailboxexists S", "mailboxidexists S",
        "specialuse_exists S", "duplicate :uniqueid S", "duplicate :header S :last", "spamtest :percent M S", "virustest M S", "valid_ext_list S", "valid_notify_method S", "notify_method_capability M S \"online\" S", "header :list \"From\" S",
    ];

    private static readonly string[] matches =
        ["", ":is", ":contains", ":matches", ":regex", ":value \"ge\"", ":count \"eq\"", ":comparator \"i;octet\" :matches", ":comparator \"i;unicode-casemap\" :matches", ":comparator \"i;unicode-casemap\" :contains", ":comparator \"i;ascii-numeric\" :value \"lt\""];

    private static readonly string[] strings =
    [
        "\"\"", "\"a\"", "\"*\"", "\"*?\"", "\"?*a*\\\\*\"", "\"${1}${2}\"", "\"${a}\"", "\"x${global.c}y\"", "\"${hex:c3}\"", "\"${hex:00 0d 0a}\"", "\"${unicode:1F600}\"", "\"é*\"", "\"(\"", "\"[[:alpha:]]+\"", "\"^.*$\"", "\"Subject\"", "\"INBOX\"",
        "\"Content-Type: text/html\r\n\r\n<p>é\"", "\"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nz\r\n--q--\"", "\"a@example.com\"", "\":addrbook:default\"", "\"2\"", "\"text\"", "\"\\\\Seen b\"", "text:\r\n..a\r\n.\r\n",
    ];

    private static readonly string[] messages =
    [
        "", "\r\n", "no header", "Subject: x\r\nFrom: a@example.com\r\nTo: b+c@example.com\r\nMessage-ID: <1@x>\r\nDate: Fri, 20 Nov 2026 16:59:59 +0100\r\n\r\nbody é",
        "From: a@example.com\r\nReceived: x; Fri, 20 Nov 2026 16:59:59 +0100\r\nReceived: y\r\nSubject: =?utf-8?Q?=F0=9F=98=80?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+w6k8L2I+\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\none\r\n--c\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\uFFFD\r\n--c--\r\n--b--\r\npost",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\nX-A",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_run_ends_in_order(int seed)
    {
        var random = new Random(seed);
        var ran = 0;
        for (var i = 0; i < 500; i++)
        {
            var text = Require + Expand("B B B B", random, 0);
            var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(text), SieveLimits.Default);
            if (compilation.Script is null) continue;
            ran++;
            var context = new SieveContext
            {
                Now = DateTimeOffset.UnixEpoch, EnvelopeFrom = random.Next(2) == 0 ? "" : "a@example.com", EnvelopeTo = random.Next(2) == 0 ? null : "b+c@example.com", SpamPercent = random.Next(2) == 0 ? null : 40,
                ImapEvent = random.Next(8) == 0 ? new SieveImapEvent("FLAG", "INBOX", [@"\Seen"], "u", "u@x") : null,
            };
            var message = SieveMessage.Parse(Encoding.UTF8.GetBytes(messages[random.Next(messages.Length)]));
            var result = await compilation.Script.RunAsync(message, context, new ConversationHost([@"mailbox Sent F1 \Sent", "list urn:ietf:params:sieve:addrbook:default a@example.com"], new Dictionary<string, string> { ["personal self"] = text }), SieveLimits.Default, TestContext.Current.CancellationToken);
            await CheckAsync(result);
        }
        Assert.InRange(ran, 50, 500);
    }

    private static async Task CheckAsync(SieveResult result)
    {
        Assert.NotEmpty(ActionText.Lines(result));
        await ActionText.EditedAsync(result);
        if (result.Error is not null) Assert.True(Assert.IsType<KeepAction>(Assert.Single(result.Actions)) is { IsImplicit: true, Edited: null });
        Assert.True(result.Actions.Count(a => a is RejectAction or VacationAction) <= 1);
        Assert.True(!result.Actions.Any(a => a is RejectAction) || !result.Actions.Any(a => a is KeepAction or FileIntoAction or RedirectAction));
        Assert.True(result.Actions.Count(a => a is KeepAction) <= 1);
        Assert.Equal(result.Actions.OfType<FileIntoAction>().DistinctBy(a => a.Target.Mailbox).Count(), result.Actions.OfType<FileIntoAction>().Count());
    }

    /// <summary>B a command, T a test, M a match type, S a string: all made at random; deep down only simple ones.</summary>
    private static string Expand(string template, Random random, int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var isMark = (i == 0 || template[i - 1] is ' ' or '(' or '[') && (i + 1 == template.Length || template[i + 1] is ' ' or ';' or ',' or ')' or ']');
            text.Append(isMark ? template[i] switch
            {
                'B' => Expand(commands[random.Next(depth > 3 ? 5 : commands.Length)], random, depth + 1),
                'T' => Expand(tests[random.Next(depth > 5 ? 2 : tests.Length)], random, depth + 1),
                'M' => matches[random.Next(matches.Length)],
                'S' => strings[random.Next(strings.Length)],
                var other => other.ToString(),
            } : template[i].ToString());
        }
        return text.ToString();
    }
}
