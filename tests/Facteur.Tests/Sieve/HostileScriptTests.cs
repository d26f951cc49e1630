using System.Text;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>Whatever octets a script has, compiling answers a script or errors with their places, soon (S-12, S-31).</summary>
public sealed class HostileScriptTests
{
    private const string Whole = """
        require ["fileinto", "variables", "imap4flags", "relational", "comparator-i;ascii-numeric", "mime", "foreverypart", "regex", "encoded-character"];
        # comment
        set :lower "a" "x${a}é${hex:41}"; /* more */
        if anyof (header :contains ["subject", "from"] ["a", "\"b\\"], not size :over 10K, allof (true, false)) {
            fileinto :flags ["\\Seen", "x"] "Box ☀"; stop;
        } elsif header :value "ge" :comparator "i;ascii-numeric" "x" "3" { keep; } else { discard; }
        foreverypart :name "l" { if header :mime :type "Content-Type" "text" { break :name "l"; } }
        redirect text: # where
        a@example.com
        .
        ;
        """;

    [Fact]
    public void Cut_at_every_octet_it_is_a_script_or_has_errors_with_places()
    {
        var octets = Encoding.UTF8.GetBytes(Whole);
        for (var length = 0; length <= octets.Length; length++) Check(octets.AsSpan(0, length));
    }

    [Fact]
    public void With_any_octet_changed_it_is_a_script_or_has_errors_with_places()
    {
        var octets = Encoding.UTF8.GetBytes(Whole);
        foreach (var other in "\0\";{\u00FF".Select(c => (byte)c))
            for (var at = 0; at < octets.Length; at++)
            {
                var kept = octets[at];
                octets[at] = other;
                Check(octets);
                octets[at] = kept;
            }
    }

    [Fact]
    public void Random_tokens_are_a_script_or_have_errors_with_places()
    {
        string[] words = ["if", "elsif", "else", "require", "\"fileinto\"", "fileinto", "keep", "header", "address", "size", "not", "allof", "anyof", "true", ":is", ":contains", ":over", ":comparator", "\"i;octet\"",
            "10", "1K", "\"x\"", "[", "]", "(", ")", "{", "}", ",", ";", "\n", "# c\n", "/* c */", "text:\na\n.\n", ":", "set", "include", "foreverypart", "break", "\"${a}\"", "vacation", ":days", "é"];
        var random = new Random(5228);
        for (var i = 0; i < 5_000; i++)
        {
            var script = string.Join(' ', Enumerable.Range(0, random.Next(1, 40)).Select(_ => words[random.Next(words.Length)]));
            Check(Encoding.UTF8.GetBytes((random.Next(2) == 0 ? "require [\"ihave\", \"variables\", \"include\"]; " : "") + script));
        }
    }

    [Fact]
    public void LF_and_CRLF_compile_to_the_same()
    {
        var lf = SieveScript.Compile(Encoding.UTF8.GetBytes(Whole.ReplaceLineEndings("\n")), SieveLimits.Default);
        var crlf = SieveScript.Compile(Encoding.UTF8.GetBytes(Whole.ReplaceLineEndings("\r\n")), SieveLimits.Default);
        Assert.Empty(lf.Errors);
        Assert.Empty(crlf.Errors);
    }

    [Theory]
    [InlineData("if true {", "}", 1_000)]
    [InlineData("if true { if not true { keep; } elsif true {", "}}", 500)]
    [InlineData("foreverypart {", "}", 50_000)]
    public void Blocks_within_blocks_end_with_one_error(string open, string close, int times)
    {
        var compilation = Check(Encoding.UTF8.GetBytes($"require \"foreverypart\"; {Repeat(open, times)}keep;{Repeat(close, times)}"));
        Assert.Contains("deep", Assert.Single(compilation.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not ", 10_000)]
    [InlineData("anyof (", 10_000)]
    [InlineData("allof (true, not ", 10_000)]
    public void Tests_within_tests_end_with_one_error(string open, int times)
    {
        var compilation = Check(Encoding.UTF8.GetBytes($"if {Repeat(open, times)}true {{ keep; }}"));
        Assert.Contains("deep", Assert.Single(compilation.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifteen_levels_of_blocks_and_of_tests_are_supported()
    {
        // RFC 5228 §2.10.7.
        Assert.Empty(Check(Encoding.UTF8.GetBytes(Repeat("if true { ", 15) + "keep; " + Repeat("}", 15))).Errors);
        Assert.Empty(Check(Encoding.UTF8.GetBytes($"if {Repeat("anyof (", 15)}true{Repeat(")", 15)} {{ keep; }}")).Errors);
    }

    [Theory]
    [InlineData("keep; ")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData(";")]
    [InlineData("(")]
    [InlineData("[\"")]
    [InlineData("\"\\")]
    [InlineData("/*")]
    [InlineData("#")]
    [InlineData("9")]
    [InlineData("a")]
    [InlineData(":a ")]
    [InlineData("\"${a}\" ")]
    [InlineData("if true { x; } ")]
    [InlineData("if x { y; } else { z; } ")]
    public void A_megabyte_of_anything_is_answered(string piece) => Check(Encoding.UTF8.GetBytes(Repeat(piece, (1024 * 1024 - 100) / piece.Length)));

    [Fact]
    public void Nested_errors_are_looked_at_once()
    {
        // Each level is wrong: a compiler that reads a wrong block twice would need 2^30 readings.
        var compilation = Check(Encoding.UTF8.GetBytes(Repeat("if header \"a\" \"b\" \"c\" { ", 30) + Repeat("}", 30)));
        Assert.Equal(SieveLimits.Default.MaxErrors, compilation.Errors.Count);
    }

    [Fact]
    public void A_script_of_unknown_commands_is_refused_even_with_ihave()
    {
        var compilation = Check(Encoding.UTF8.GetBytes("require \"ihave\"; " + Repeat("x;", 50_000 - 1)));
        Assert.Contains("more than 100 things", compilation.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_is_too_long_is_refused()
    {
        var compilation = SieveScript.Compile(new byte[SieveLimits.Default.MaxScriptOctets + 1], SieveLimits.Default);
        Assert.Null(compilation.Script);
        Assert.Equal("1:1: the script is longer than 1048576 octets", Assert.Single(compilation.Errors).ToString());
    }

    private static string Repeat(string piece, int times) => new StringBuilder().Insert(0, piece, times).ToString();

    private static SieveCompilation Check(ReadOnlySpan<byte> script)
    {
        var compilation = SieveScript.Compile(script, SieveLimits.Default);
        Assert.Equal(compilation.Script is null, compilation.Errors.Count > 0);
        Assert.InRange(compilation.Errors.Count, 0, SieveLimits.Default.MaxErrors);
        var lines = script.Count((byte)'\n') + 1;
        foreach (var error in compilation.Errors)
        {
            Assert.InRange(error.At.Line, 1, lines);
            Assert.InRange(error.At.Column, 1, script.Length + 1);
            Assert.NotEmpty(error.Message);
        }
        return compilation;
    }
}
