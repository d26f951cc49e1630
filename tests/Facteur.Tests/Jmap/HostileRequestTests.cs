using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Facteur.Jmap;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Requests that want too much of us (S-12): refused or answered in bounded time and memory.</summary>
public sealed class HostileRequestTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    private const string Head = "{\"using\":[\"urn:ietf:params:jmap:core\"],\"methodCalls\":[";

    [Fact]
    public async Task Ten_thousand_calls_are_refused()
    {
        var request = Head + string.Join(',', Enumerable.Repeat("[\"Core/echo\",{},\"a\"]", 10_000)) + "]}";
        var error = await Assert.ThrowsAsync<JmapRequestException>(() => jmap.With().RequestAsync(jmap, request));
        Assert.Equal("maxCallsInRequest", error.Limit);
    }

    [Theory]
    [InlineData("[", 5_000_000)]
    [InlineData("{\"a\":", 1_000_000)]
    [InlineData("[", 101)]
    public async Task Deep_nesting_is_refused(string open, int count)
    {
        var error = await Assert.ThrowsAsync<JmapRequestException>(() => jmap.With().RequestAsync(jmap, Head + "[\"Core/echo\",{\"a\":" + string.Concat(Enumerable.Repeat(open, count))));
        Assert.EndsWith("notJSON", error.Type);
    }

    [Fact]
    public async Task Nesting_as_filters_have_it_is_taken()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"c\":[", 45)) + "1" + string.Concat(Enumerable.Repeat("]}", 45));
        Assert.Contains(deep, await jmap.With().CallsAsync(jmap, $$"""[["Core/echo",{"f":{{deep}}},"a"]]"""));
    }

    [Fact]
    public async Task Millions_of_values_are_refused()
    {
        var error = await Assert.ThrowsAsync<JmapRequestException>(() => jmap.With().RequestAsync(jmap, Head + "[\"Core/echo\",{\"a\":[" + string.Join(',', Enumerable.Repeat("1", 2_000_000)) + "]},\"a\"]]}"));
        Assert.Equal("maxSizeRequest", error.Limit);
    }

    [Fact]
    public async Task Long_strings_names_and_numbers_come_back_as_they_were()
    {
        var (text, number) = (new string('é', 1_000_000), "1" + new string('0', 100_000));
        var answer = await jmap.With().CallsAsync(jmap, $$"""[["Core/echo",{"s":"{{text}}","{{new string('n', 100_000)}}":{{number}},"e":1e999999,"t":-0.0},"a"]]""");
        Assert.Contains(text, answer);
        Assert.Contains(number, answer);
        Assert.Contains("1e999999", answer);
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("1.5")]
    [InlineData("9007199254740992")]
    [InlineData("-9007199254740992")]
    [InlineData("1e999999")]
    [InlineData("\"1\"")]
    [InlineData("true")]
    public async Task Numbers_that_are_no_Int_are_invalid(string number)
    {
        var reader = new ScriptedMethod("Any/run", call => call.Answer.WriteRawValue($"[{JmapArguments.Int(call.Arguments, "n")}]"));
        Assert.Contains("invalidArguments", await jmap.With(reader).CallsAsync(jmap, $$"""[["Any/run",{"n":{{number}}},"a"]]"""));
    }

    /// <summary>Each call holds the one before it twice: the 64th would be 2^64 times as large.</summary>
    [Fact]
    public async Task References_that_double_end_at_a_bound()
    {
        var calls = new StringBuilder("[[\"Core/echo\",{\"x\":\"0123456789\"},\"c0\"]");
        for (var i = 1; i < 64; i++)
            calls.Append(",[\"Core/echo\",{\"#a\":").Append(Reference(i - 1)).Append(",\"#b\":").Append(Reference(i - 1)).Append("},\"c").Append(i).Append("\"]");
        var (output, clock, before) = (new CountingWriter(), Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        await jmap.With().RunAsync(JmapHarness.UserOf(jmap.Ada), Encoding.UTF8.GetBytes($"{{\"using\":[\"urn:ietf:params:jmap:core\"],\"methodCalls\":{calls}]}}"), output, default);
        Assert.True(output.Octets < 8 * 1024 * 1024, $"{output.Octets} octets");
        Assert.Contains("requestTooLarge", output.Tail);
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.Elapsed}");
        // Echoes wait for nothing, so all of it is of this thread.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 * 1024 * 1024);

        static string Reference(int call) => $$"""{"resultOf":"c{{call}}","name":"Core/echo","path":""}""";
    }

    /// <summary>One call with many references to one large answer.</summary>
    [Fact]
    public async Task A_fan_of_references_ends_at_a_bound()
    {
        var big = new ScriptedMethod("Big/get", "{\"list\":[" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"{{\"id\":\"e{i}\"}}")) + "]}");
        var calls = new StringBuilder("[\"Big/get\",{},\"q\"]");
        for (var call = 0; call < 60; call++)
        {
            calls.Append(",[\"Core/echo\",{");
            for (var i = 0; i < 1000; i++) calls.Append(i == 0 ? "" : ",").Append("\"#r").Append(i).Append("\":{\"resultOf\":\"q\",\"name\":\"Big/get\",\"path\":\"/list/*/none\"}");
            calls.Append("},\"e\"]");
        }
        var clock = Stopwatch.StartNew();
        var answer = await jmap.With(big).CallsAsync(jmap, $"[{calls}]");
        Assert.Contains("invalidResultReference", answer);
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Many_references_in_one_call_cost_no_more_than_they_are()
    {
        var calls = new StringBuilder("[[\"Core/echo\",{\"a\":1},\"q\"],[\"Core/echo\",{");
        for (var i = 0; i < 100_000; i++) calls.Append(i == 0 ? "" : ",").Append("\"#r").Append(i).Append("\":{\"resultOf\":\"q\",\"name\":\"Core/echo\",\"path\":\"/a\"}");
        var clock = Stopwatch.StartNew();
        Assert.Contains("\"r99999\":1", await jmap.With().CallsAsync(jmap, calls + "},\"e\"]]"));
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Answers_end_at_a_bound_and_what_was_changed_is_told()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxSizeAnswer = 1_000_000, MaxSizeRequest = 100_000 });
        var piece = new string('x', 10_000);
        var written = 0;
        var endless = new ScriptedMethod("Endless/get", call =>
        {
            call.Answer.WriteStartArray();
            for (written = 0; written < 1_000_000; written++) call.Answer.WriteStringValue(piece);
        });
        var nearly = new ScriptedMethod("Near/get", call => call.Answer.WriteStringValue(new string('x', 300_000)));
        var change = new ScriptedMethod("Near/set", call => call.Answer.WriteStringValue(new string('y', 150_000)));
        var answer = JsonDocument.Parse(await jmap.With(endless, nearly, change).CallsAsync(jmap, """
            [["Endless/get",{},"a"],["Near/get",{},"b"],["Near/get",{},"c"],["Near/get",{},"d"],["Near/set",{},"e"],["Near/get",{},"f"],["Near/set",{},"g"]]
            """)).RootElement;
        Assert.Equal(["error", "Near/get", "Near/get", "Near/get", "Near/set", "error", "error"], answer.EnumerateArray().Select(one => one[0].GetString()));
        Assert.All(new[] { 0, 5, 6 }, i => Assert.Equal("requestTooLarge", answer[i][1].GetProperty("type").GetString()));
        Assert.True(written < 1000, $"{written} pieces were written");
    }

    /// <summary>Octets of right requests, changed here and there: answered or refused, never a fault of ours.</summary>
    [Fact]
    public async Task Random_changes_of_requests_are_answered_or_refused()
    {
        var processor = jmap.Processor;
        var right = Encoding.UTF8.GetBytes("""{"using":["urn:ietf:params:jmap:core"],"createdIds":{"k":"e1"},"methodCalls":[["Core/echo",{"a":[1,{"b":"é\u00e9"}],"c":null},"c0"],["Core/echo",{"#x":{"resultOf":"c0","name":"Core/echo","path":"/a/*/b"},"#y":{"resultOf":"c0","name":"Core/echo","path":"/a"}},"c1"],["Email/get",{"accountId":"a1"},"c2"]]}""");
        var alphabet = "{}[]\",:\\/#*~01u-.eé\0\u00ff"u8.ToArray();
        var random = new Random(12);
        var (answered, refused) = (0, 0);
        for (var round = 0; round < 4000; round++)
        {
            var request = right.ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(request.Count);
                if (random.Next(3) == 0) request.RemoveAt(at);
                else if (random.Next(2) == 0) request.Insert(at, alphabet[random.Next(alphabet.Length)]);
                else request[at] = alphabet[random.Next(alphabet.Length)];
            }
            try
            {
                var response = await processor.RequestAsync(jmap, [.. request]);
                Assert.DoesNotContain("serverFail", response.GetRawText());
                answered++;
            }
            catch (JmapRequestException)
            {
                refused++;
            }
        }
        Assert.True(answered > 300 && refused > 300, $"{answered} answered, {refused} refused");
    }

    /// <summary>Counts, and keeps the end.</summary>
    private sealed class CountingWriter : IBufferWriter<byte>
    {
        private byte[] buffer = new byte[256 * 1024];
        private string last = "";

        public long Octets { get; private set; }

        public string Tail => last;

        public void Advance(int count)
        {
            Octets += count;
            var text = Encoding.Latin1.GetString(buffer, 0, count);
            last = last.Length + text.Length > 20_000 ? (last + text)[^10_000..] : last + text;
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint > buffer.Length ? buffer = new byte[sizeHint] : buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
