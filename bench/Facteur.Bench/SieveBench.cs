using System.Diagnostics;
using System.Globalization;
using System.Text;
using Facteur.Sieve;

namespace Facteur.Bench;

/// <summary>How long scripts run: those people write, and bombs, to the end of what they may spend. Says what a unit of <see cref="SieveLimits.MaxWork"/> is worth.</summary>
internal static class SieveBench
{
    public static async Task RunAsync()
    {
        var letter = "From: Claire <claire@example.org>\r\nTo: moi@demo.test\r\nSubject: bonjour\r\nList-Id: <l.example.org>\r\n\r\n" + string.Concat(Enumerable.Repeat("une ligne de texte comme une autre\r\n", 300));
        var wide = $"Subject: x\r\nX: {new string('a', 60_000)}\r\n\r\nbody";
        var parts = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (var i = 0; i < 5_000; i++) parts.Append("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n");
        parts.Append("--b--\r\n");
        var rules = "require [\"fileinto\", \"imap4flags\", \"body\"];\n" + string.Concat(Enumerable.Range(0, 100).Select(i =>
            $"if anyof (address :is \"from\" \"user{i}@example.net\", header :contains \"subject\" [\"alpha{i}\", \"beta{i}\"], header :contains \"list-id\" \"<list{i}.\") {{ fileinto \"M{i}\"; stop; }}\n"));
        (string Name, string Script, string Message)[] cases =
        [
            ("100 rules", rules, letter),
            ("100 rules and a body test", rules + "if body :contains \"introuvable\" { discard; }", letter),
            ("bomb: 5,000 globs on 60,000 octets", Repeat(25, $"if header :matches \"x\" [{Keys(200, "*a*a?a*a?a*{0}b*")}] {{ discard; }}"), wide),
            ("bomb: 5,000 searches in 60,000 octets", Repeat(25, $"if header :contains \"x\" [{Keys(200, "aaaaaaaaaaaab{0}")}] {{ discard; }}"), wide),
            ("bomb: regular expressions of variables", "require [\"regex\", \"variables\"]; set \"a\" \"b\";" + Repeat(90, "if header :regex \"x\" \"(${a}|b|ab){0,100}c\" { discard; }"), wide),
            ("bomb: 100 regular expressions", "require \"regex\";" + Repeat(100, "if header :regex \"x\" \"(a|b|ab)*c\" { discard; }"), wide),
            ("bomb: loops over 5,000 parts", "require [\"foreverypart\", \"mime\"]; foreverypart { foreverypart { if exists :mime :anychild \"x\" { discard; } } }" + Repeat(50, "foreverypart { if header :mime :contains \"content-type\" \"x\" { discard; } }"), parts.ToString()),
            ("bomb: doubling strings", "require \"variables\"; set \"a\" \"0123456789\";" + Repeat(10, "set \"a\" \"${a}${a}${a}${a}\";") + Repeat(4_000, "set :length \"b\" \"${a}${a}${a}${a}${a}${a}\";"), wide),
            ("bomb: strings of other scripts", "require [\"variables\", \"comparator-i;unicode-casemap\"]; set \"a\" \"ὰὰὰὰὰὰὰὰὰὰ\";" + Repeat(10, "set \"a\" \"${a}${a}${a}${a}\";") + Repeat(4_000, "if string :comparator \"i;unicode-casemap\" :contains \"${a}${a}\" \"zzz\" { discard; }"), wide),
            ("bomb: bodies searched", "require \"body\";" + Repeat(3_000, "if body :contains \"zzz\" { discard; }"), "Subject: x\r\n\r\n" + new string('a', 4_000_000)),
        ];
        foreach (var (name, script, message) in cases) await RunAsync(name, script, message);
    }

    private static async Task RunAsync(string name, string text, string letter)
    {
        var limits = SieveLimits.Default;
        var octets = Encoding.UTF8.GetBytes(text);
        var started = Stopwatch.GetTimestamp();
        var compilation = SieveScript.Compile(octets, limits);
        var compiling = Stopwatch.GetElapsedTime(started);
        if (compilation.Script is not { } script)
        {
            Console.WriteLine($"{name}: {compilation.Errors[0]}");
            return;
        }
        var message = SieveMessage.Parse(Encoding.UTF8.GetBytes(letter));
        var (best, work, error) = (TimeSpan.MaxValue, 0L, "");
        for (var i = 0; i < (name.StartsWith("bomb", StringComparison.Ordinal) ? 15 : 3_000); i++)
        {
            started = Stopwatch.GetTimestamp();
            var result = await script.RunAsync(message, new SieveContext { Now = DateTimeOffset.UnixEpoch }, EmptySieveHost.Instance, limits, default);
            var took = Stopwatch.GetElapsedTime(started);
            if (took < best) best = took;
            (work, error) = (result.Work, result.Error?.Message ?? "");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {best.TotalMilliseconds:0.000} ms, {work:N0} units, {best.TotalNanoseconds / Math.Max(work, 1):0.0} ns each; compiled {octets.Length:N0} octets in {compiling.TotalMilliseconds:0.0} ms{(error.Length > 0 ? $"; {error}" : "")}"));
    }

    private static string Repeat(int times, string text) => string.Concat(Enumerable.Repeat(text + "\n", times));

    private static string Keys(int count, string pattern) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{string.Format(CultureInfo.InvariantCulture, pattern, i)}\""));
}
