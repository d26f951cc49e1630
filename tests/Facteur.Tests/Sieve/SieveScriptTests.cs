using System.Text;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Tests.Sieve;

/// <summary>What conversations do not show: sharing, keys of replies, matching against a plain rule, composed messages.</summary>
public sealed class SieveScriptTests
{
    [Fact]
    public void A_script_is_compiled_once_and_old_ones_go()
    {
        var cache = new SieveScriptCache(SieveLimits.Default, maxScripts: 2);
        var first = cache.Get("keep;"u8);
        Assert.Same(first, cache.Get("keep;"u8));
        var wrong = cache.Get("keep"u8);
        Assert.Null(wrong.Script);
        Assert.Same(wrong, cache.Get("keep"u8));
        Assert.Same(first, cache.Get("keep;"u8));
        cache.Get("discard;"u8);
        Assert.Equal(2, cache.Count);
        Assert.Same(first, cache.Get("keep;"u8));
        Assert.NotSame(wrong, cache.Get("keep"u8));
    }

    [Fact]
    public async Task One_script_serves_many_messages_at_once()
    {
        var script = SieveScript.Compile("require [\"variables\", \"fileinto\"]; if header :matches \"Subject\" \"*\" { set \"a\" \"${1}\"; } fileinto \"${a}\";"u8, SieveLimits.Default).Script!;
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => RunAsync(script, $"Subject: {i}\r\n\r\n"))));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), results.Select(r => ((FileIntoAction)Assert.Single(r.Actions)).Target.Mailbox));
    }

    [Theory]
    [InlineData("vacation \"x\";", "vacation \"x\";", true)]
    [InlineData("vacation \"x\";", "vacation \"y\";", false)]
    [InlineData("vacation :subject \"a\" \"x\";", "vacation \"x\";", false)]
    [InlineData("vacation :subject \"a\" \"x\";", "vacation :from \"a@b.c\" \"x\";", false)]
    [InlineData("vacation :handle \"h\" \"x\";", "vacation :handle \"h\" :subject \"s\" \"y\";", true)]
    [InlineData("vacation :handle \"x\" \"x\";", "vacation \"x\";", false)]
    [InlineData("vacation :days 3 \"x\";", "vacation :days 5 :addresses \"a@b.c\" \"x\";", true)]
    [InlineData("vacation :subject \"Re: ${1}\" \"x\";", "if true { vacation :subject \"Re: ${1}\" \"x\"; }", true)]
    public async Task Replies_are_told_apart_by_their_words(string one, string other, bool same) =>
        Assert.Equal(same, await VacationKeyAsync(one, "a") == await VacationKeyAsync(other, "b"));

    [Fact]
    public void Globs_match_as_a_plain_rule_says()
    {
        var random = new Random(2);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Random(random, "ab*?\\é", 8);
            var text = Random(random, "abé*?", 10);
            var glob = new GlobPattern(pattern, Comparator.Octet).Match(text, Comparator.Octet.Fold(text), new WorkMeter(long.MaxValue));
            Assert.True(Plain(pattern, text) == glob is not null, $"\"{pattern}\" \"{text}\"");
            if (glob is not null) Assert.Equal(text, glob[0]);
        }
    }

    [Fact]
    public void Every_octet_survives_as_text()
    {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            var octets = new byte[random.Next(40)];
            random.NextBytes(octets);
            Assert.Equal(octets, OctetText.ToOctets(OctetText.FromOctets(octets)));
        }
        var text = "é☀𝄞";
        Assert.Equal(text, OctetText.FromOctets(Encoding.UTF8.GetBytes(text)));
        Assert.False(OctetText.IsText(OctetText.FromOctets([0xC3])));
        Assert.Equal("\uFFFD", OctetText.ToText(OctetText.FromOctets([0xC3])));
    }

    [Fact]
    public void Octets_are_ordered_as_octets()
    {
        string[] ordered = ["", "A", "B", "a", "é", "\uFFFD", "𝄞"];
        for (var i = 0; i + 1 < ordered.Length; i++) Assert.True(Comparator.Octet.Compare(ordered[i], ordered[i + 1]) < 0);
        Assert.True(Comparator.AsciiNumeric.Compare("99999999999999999999", "x") < 0);
        Assert.True(Comparator.AsciiNumeric.AreEqual("x", "y"));
        Assert.True(Comparator.AsciiNumeric.AreEqual("007", "7up"));
    }

    [Fact]
    public async Task Composed_messages_read_right_from_anywhere()
    {
        var whole = Encoding.ASCII.GetBytes("0123456789abcdefghijklmnopqrstuvwxyz");
        var inner = new ComposedMessage([new Segment(whole.AsMemory(0, 5)), new Segment(whole.AsMemory(5, 20))]);
        var composed = new ComposedMessage([new Segment(inner, 0, 10), new Segment(default(ReadOnlyMemory<byte>)), new Segment(inner, 10, 15), new Segment(whole.AsMemory(25))]);
        Assert.Equal(whole.Length, composed.Length);
        for (var start = 0; start <= whole.Length; start++)
            for (var length = 1; length <= whole.Length + 2; length++)
            {
                var buffer = new byte[length];
                var read = await composed.ReadAsync(start, buffer, TestContext.Current.CancellationToken);
                Assert.Equal(Math.Min(length, whole.Length - start), read);
                Assert.Equal(whole[start..(start + read)], buffer[..read]);
            }
    }

    [Fact]
    public void Each_command_and_test_names_its_RFC_and_a_known_extension()
    {
        Assert.All(CommandTable.All, e => Assert.True(e.Rfc.StartsWith("RFC ", StringComparison.Ordinal) && (e.Extension is null || Extensions.IsKnown(e.Extension))));
        Assert.All(TestTable.All, e => Assert.True(e.Rfc.StartsWith("RFC ", StringComparison.Ordinal) && (e.Extension is null || Extensions.IsKnown(e.Extension))));
        Assert.Contains("comparator-i;unicode-casemap", SieveScript.Extensions);
        Assert.Contains("vacation-seconds", SieveScript.Extensions);
    }

    [Fact]
    public async Task A_failure_of_the_host_is_no_error_of_the_script()
    {
        var script = SieveScript.Compile("require \"mailbox\"; if mailboxexists \"a\" { discard; }"u8, SieveLimits.Default).Script!;
        await Assert.ThrowsAsync<IOException>(async () => await script.RunAsync(
            SieveMessage.Parse("a: b\r\n\r\n"u8.ToArray()), new SieveContext { Now = DateTimeOffset.UnixEpoch }, new FailingHost(), SieveLimits.Default, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("no header at all")]
    [InlineData("Subject: x")]
    [InlineData("Subject: x\n\nbare line feeds\n")]
    [InlineData(" starts with a blank\r\nSubject: x\r\n\r\nbody")]
    public async Task Odd_messages_are_edited_and_kept_whole(string message)
    {
        var script = SieveScript.Compile("require [\"editheader\", \"body\", \"mime\", \"foreverypart\"]; addheader \"X-First\" \"1\"; addheader :last \"X-Last\" \"2\"; foreverypart { if body :contains \"zzz\" { discard; } }"u8, SieveLimits.Default).Script!;
        var keep = Assert.IsType<KeepAction>(Assert.Single((await RunAsync(script, message)).Actions));
        var edited = await ActionText.ReadAsync(keep.Edited!);
        Assert.StartsWith("X-First: 1\n", edited, StringComparison.Ordinal);
        Assert.Contains("X-Last: 2\n", edited, StringComparison.Ordinal);
        if (message.Contains("Subject", StringComparison.Ordinal)) Assert.Contains("Subject: x\n", edited, StringComparison.Ordinal);
        Assert.EndsWith(message.Split("\n\n")[^1] is { Length: > 0 } body && message.Contains("\n\n", StringComparison.Ordinal) ? body : "", edited, StringComparison.Ordinal);
    }

    private static async Task<string> VacationKeyAsync(string command, string subject)
    {
        var script = SieveScript.Compile(Encoding.UTF8.GetBytes("require [\"vacation\", \"variables\"]; if header :matches \"Subject\" \"*\" {} " + command), SieveLimits.Default).Script!;
        return (await RunAsync(script, $"Subject: {subject}\r\n\r\n")).Actions.OfType<VacationAction>().Single().Key;
    }

    private static Task<SieveResult> RunAsync(SieveScript script, string message) => script.RunAsync(
        SieveMessage.Parse(Encoding.UTF8.GetBytes(message)), new SieveContext { Now = DateTimeOffset.UnixEpoch }, EmptySieveHost.Instance, SieveLimits.Default, TestContext.Current.CancellationToken).AsTask();

    private static string Random(Random random, string letters, int max) => new([.. Enumerable.Range(0, random.Next(max)).Select(_ => letters[random.Next(letters.Length)])]);

    /// <summary>The rule of RFC 5228 §2.7.1, tried out every way.</summary>
    private static bool Plain(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty) return text.IsEmpty;
        if (pattern[0] == '*') return Plain(pattern[1..], text) || !text.IsEmpty && Plain(pattern, text[1..]);
        if (text.IsEmpty) return false;
        if (pattern[0] == '?') return Plain(pattern[1..], text[1..]);
        if (pattern[0] == '\\' && pattern.Length > 1) pattern = pattern[1..];
        return pattern[0] == text[0] && Plain(pattern[1..], text[1..]);
    }

    private sealed class FailingHost : SieveHost
    {
        public override ValueTask<SieveMailbox?> FindMailboxAsync(string name, CancellationToken cancel) => throw new IOException("the store is gone");
    }
}
