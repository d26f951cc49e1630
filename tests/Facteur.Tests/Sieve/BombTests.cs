using System.Diagnostics;
using System.Text;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>Scripts and messages made to cost much cost little, and end with the message kept (S-12, S-14).</summary>
public sealed class BombTests
{
    // Far beyond what any of these takes on an idle machine; the work meter is what ends them.
    private static readonly TimeSpan patience = Support.ProcessorTime.Endless;

    [Fact]
    public async Task Many_stars_against_a_long_field()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 5_000));
        await KeepsAsync($"if header :matches \"x\" \"{pattern}b\" {{ discard; }}", Field(new string('a', 60_000)), error: null);
    }

    [Fact]
    public async Task Many_stars_that_match()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 5_000));
        var result = await RunAsync($"if header :matches \"x\" \"{pattern}\" {{ discard; }}", Field(new string('a', 60_000)));
        Assert.IsType<DiscardAction>(Assert.Single(result.Actions));
    }

    [Theory]
    [InlineData("*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*")]
    [InlineData("*?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*")]
    [InlineData("*a?a?a?a?a?a?a?a?a?a?a?a?a?b")]
    [InlineData("????????????????????????????????*b")]
    public Task Pieces_that_almost_match(string pattern) => KeepsAsync($"if header :matches \"x\" \"{pattern}\" {{ discard; }}", Field(new string('a', 60_000)), error: null);

    [Fact]
    public async Task Thousands_of_long_keys_end_by_their_work()
    {
        var keys = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"*a*a?a*a?a*{i}b*\""));
        var test = $"header :matches \"x\" [{keys}]";
        await KeepsAsync(string.Concat(Enumerable.Repeat($"if {test} {{ discard; }}\n", 40)), Field(new string('a', 60_000)), "the script takes too long for this message");
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a|a)*b")]
    [InlineData("(.*)*x")]
    [InlineData("(a*)*(a*)*(a*)*b")]
    [InlineData("([a-z]+)*@")]
    [InlineData("a{0,100}a{0,100}b")]
    public async Task Regular_expressions_that_take_others_down(string pattern)
    {
        var result = await RunAsync($"require \"regex\"; if header :regex \"x\" \"{pattern}\" {{ discard; }}", Field(new string('a', 60_000) + "!"));
        // On a machine that is busy the time may run out before the search ends.
        Assert.True(result.Error is null or { Message: "a regular expression takes too long for this message" });
        Assert.True(Assert.IsType<KeepAction>(Assert.Single(result.Actions)).IsImplicit);
    }

    [Fact]
    public async Task Regular_expressions_beyond_a_number_are_not_made_ready()
    {
        var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes("require \"regex\";" + string.Concat(Enumerable.Repeat("if header :regex \"x\" [\"a+\", \"b+\"] { keep; }\n", 51))), SieveLimits.Default);
        Assert.Equal("51:4: the script uses more than 100 regular expressions", Assert.Single(compilation.Errors).ToString());
        const string made = "require [\"regex\", \"variables\"]; set \"a\" \"b\";";
        await KeepsAsync(made + string.Concat(Enumerable.Repeat("if header :regex \"x\" \"${a}{3}\" { discard; }", 60)), Field("x"), "the script takes too long for this message");
    }

    [Fact]
    public async Task Large_texts_are_folded_once_and_at_their_price()
    {
        var body = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + string.Concat(Enumerable.Repeat("é", 1_000_000));
        var tests = string.Concat(Enumerable.Repeat("if body :contains \"zzz\" { discard; }\n", 50));
        Assert.Null((await RunAsync("require \"body\";" + tests, body)).Error);
        await KeepsAsync("require [\"body\", \"comparator-i;unicode-casemap\"];" + string.Concat(Enumerable.Range(0, 20).Select(i => $"if body :comparator \"i;unicode-casemap\" :contains \"{i}\" {{ discard; }}")), body, error: null);
        const string doubled = "require \"variables\"; set \"a\" \"0123456789\";";
        var grown = string.Concat(Enumerable.Repeat("set \"a\" \"${a}${a}${a}${a}\";", 10)) + string.Concat(Enumerable.Repeat("set :length \"b\" \"${a}${a}${a}${a}\";", 1_000));
        await KeepsAsync(doubled + grown, Field("x"), "the script takes too long for this message");
    }

    [Fact]
    public async Task A_variable_that_doubles_is_cut()
    {
        var script = "require [\"variables\", \"fileinto\"]; set \"a\" \"0123456789\";" + string.Concat(Enumerable.Repeat("set \"a\" \"${a}${a}${a}${a}\";", 200)) + "set :length \"b\" \"${a}\"; fileinto \"${b}\";";
        var result = await RunAsync(script, Field("x"));
        Assert.Equal(SieveLimits.Default.MaxVariableCharacters.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.IsType<FileIntoAction>(Assert.Single(result.Actions)).Target.Mailbox);
    }

    [Fact]
    public async Task A_string_of_thousands_of_references_is_cut()
    {
        var script = "require [\"variables\"]; set \"a\" \"" + new string('x', 16_000) + "\"; if string :contains \"" + string.Concat(Enumerable.Repeat("${a}", 100_000)) + "\" \"y\" { discard; }";
        await KeepsAsync(script, Field("x"), error: null);
    }

    [Fact]
    public async Task More_variables_than_are_kept_are_an_error()
    {
        var script = "require \"variables\";" + string.Concat(Enumerable.Range(0, 600).Select(i => $"set \"v{i}\" \"x\";"));
        await KeepsAsync(script, Field("x"), "there are more than 512 variables");
        Assert.True(SieveLimits.Default.MaxVariables >= 128); // RFC 5229 §6
    }

    [Fact]
    public async Task More_actions_than_are_done_are_an_error()
    {
        var script = "require \"fileinto\";" + string.Concat(Enumerable.Range(0, 100).Select(i => $"fileinto \"m{i}\";"));
        await KeepsAsync(script, Field("x"), "the script does more than 64 things with this message");
    }

    [Fact]
    public async Task Loops_in_loops_over_thousands_of_parts_end_by_their_work()
    {
        var message = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (var i = 0; i < 5_000; i++) message.Append("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n");
        message.Append("--b--\r\n");
        const string loops = "require [\"foreverypart\", \"mime\"]; foreverypart { foreverypart { if exists :mime :anychild \"x\" { discard; } } } foreverypart { if body :contains \"y\" { discard; } }";
        await KeepsAsync(loops.Replace("\"mime\"", "\"mime\", \"body\"", StringComparison.Ordinal), message.ToString(), "the script takes too long for this message");
    }

    [Fact]
    public async Task A_body_larger_than_is_looked_at_is_seen_from_its_start()
    {
        var message = "Subject: x\r\n\r\nneedle " + new string('a', 5 * 1024 * 1024) + " end";
        var result = await RunAsync("require \"body\"; if allof (body :raw :contains \"needle\", not body :raw :contains \"end\") { discard; }", message);
        Assert.IsType<DiscardAction>(Assert.Single(result.Actions));
    }

    [Fact]
    public async Task A_header_larger_than_is_looked_at_is_delivered_whole()
    {
        var header = new StringBuilder("Subject: x\r\n");
        for (var i = 0; i < 20_000; i++) header.Append("X-Field: 0123456789 0123456789\r\n");
        header.Append("X-Last: y\r\n\r\nbody");
        var result = await RunAsync("require \"editheader\"; if exists \"X-Last\" { discard; } addheader \"X-Added\" \"z\";", header.ToString());
        var keep = Assert.IsType<KeepAction>(Assert.Single(result.Actions));
        Assert.Equal("X-Added: z\r\n".Length + header.Length, keep.Edited!.Length);
    }

    [Fact]
    public async Task Messages_enclosed_again_and_again_end_with_an_error()
    {
        await KeepsAsync("require \"enclose\";" + string.Concat(Enumerable.Repeat("enclose \"x\";", 30)), Field("x"), "the script changes the message more than 20 times");
        await KeepsAsync("require \"editheader\";" + string.Concat(Enumerable.Repeat("addheader \"a\" \"b\";", 200)), Field("x"), "the script adds more than 100 header fields");
    }

    [Fact]
    public async Task Scripts_that_include_each_other_without_end_are_an_error()
    {
        var result = await RunAsync("require \"include\"; include \"0\";", Field("x"), new EndlessHost());
        Assert.Equal("too many scripts include each other", result.Error!.Message);
        Assert.True(SieveLimits.Default.MaxIncludeDepth >= 3); // RFC 6609 §3.1
    }

    [Fact]
    public async Task Thousands_of_addresses_are_counted_up_to_the_limit()
    {
        var field = string.Join(", ", Enumerable.Range(0, 8_000).Select(i => $"a{i}@b.c"));
        var result = await RunAsync("require \"relational\"; if address :count \"eq\" \"x\" \"1000\" { discard; }", Field(field));
        Assert.IsType<DiscardAction>(Assert.Single(result.Actions));
    }

    private static string Field(string value) => $"x: {value}\r\n\r\nbody";

    private static async Task KeepsAsync(string script, string message, string? error)
    {
        var result = await RunAsync(script, message);
        Assert.Equal(error, result.Error?.Message);
        Assert.True(Assert.IsType<KeepAction>(Assert.Single(result.Actions)).IsImplicit);
    }

    private static async Task<SieveResult> RunAsync(string script, string message, SieveHost? host = null)
    {
        var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(script), SieveLimits.Default);
        Assert.Empty(compilation.Errors);
        var started = Stopwatch.GetTimestamp();
        var context = new SieveContext { Now = DateTimeOffset.UnixEpoch };
        var result = await compilation.Script!.RunAsync(SieveMessage.Parse(Encoding.UTF8.GetBytes(message)), context, host ?? EmptySieveHost.Instance, SieveLimits.Default, TestContext.Current.CancellationToken);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, patience);
        return result;
    }

    /// <summary>Each script includes two others, for ever.</summary>
    private sealed class EndlessHost : SieveHost
    {
        public override ValueTask<SieveCompilation?> LoadScriptAsync(SieveScriptLocation location, string name, CancellationToken cancel) =>
            new(SieveScript.Compile(Encoding.UTF8.GetBytes($"require \"include\"; include \"{name}0\"; include \"{name}1\";"), SieveLimits.Default));
    }
}
