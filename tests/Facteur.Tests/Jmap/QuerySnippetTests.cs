using System.Text;
using Facteur.Jmap;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>SearchSnippet/get (RFC 8621 §5).</summary>
public sealed class QuerySnippetTests
{
    // RFC 8621 §5.2, the example; its third preview by its own text.
    [Fact]
    public async Task Example_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var none = await jmap.DeliverAsync("Subject: Nothing\n\nof the kind\n");
        var both = await jmap.DeliverAsync("Subject: The Foosball competition\n\nLike every other year the foosball competition will be held in the Stadium de France, as long as it is dry and warm.\n");
        var third = await jmap.DeliverAsync("Subject: Results\nContent-Type: text/html\n\n<html><head><title>foo</title></head><p class=foo>The <b>F</b>oo/bar method results often returns &lt;1 widget rather than the complete set.</p></html>\n");
        var answer = await jmap.CallAsync("SearchSnippet/get", $$"""{"filter": {"text": "foo"}, "emailIds": ["{{JmapIds.Of(none)}}", "{{JmapIds.Of(both)}}", "{{JmapIds.Of(third)}}"]}""");
        Assert.Equal(
        [
            (null, null),
            ("The <mark>Foo</mark>sball competition", "Like every other year the <mark>foo</mark>sball competition will be held in the Stadium de France, as long as it is dry and warm."),
            (null, "The <mark>Foo</mark>/bar method results often returns &lt;1 widget rather than the complete set."),
        ],
        answer.GetProperty("list").EnumerateArray().Select(one => (one.GetProperty("subject").GetString(), one.GetProperty("preview").GetString()?.Trim())));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.GetProperty("notFound").ValueKind);
    }

    [Theory]
    [InlineData("""{"subject": "ete"}""", "L’<mark>été</mark> &amp; &lt;moi&gt;", null)]
    [InlineData("""{"subject": "'été & <moi>'"}""", "L’<mark>été &amp; &lt;moi&gt;</mark>", null)]
    [InlineData("""{"body": "PLAGE"}""", null, "À la <mark>plage</mark> cet <b>")]
    [InlineData("""{"text": "l'ete plage"}""", "<mark>L’été</mark> &amp; &lt;moi&gt;", "À la <mark>plage</mark> cet")]
    [InlineData("""{"operator": "NOT", "conditions": [{"text": "plage"}]}""", null, null)]
    [InlineData("""{"from": "plage"}""", null, null)]
    [InlineData("""{"query": "plage -été"}""", null, "À la <mark>plage</mark> cet")]
    [InlineData("null", null, null)]
    public async Task What_was_looked_for_is_marked(string filter, string? subject, string? preview)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DeliverAsync("Subject: =?utf-8?Q?L=E2=80=99e=CC=81te=CC=81_&_<moi>?=\nContent-Type: text/plain; charset=utf-8\n\nÀ la plage cet <b> soir.\n");
        var answer = await jmap.CallAsync("SearchSnippet/get", $$"""{"filter": {{filter}}, "emailIds": ["{{JmapIds.Of(email)}}"]}""");
        var snippet = answer.GetProperty("list")[0];
        Assert.Equal(subject, snippet.GetProperty("subject").GetString()?.Normalize());
        var shown = snippet.GetProperty("preview").GetString();
        if (preview is null) Assert.Null(shown);
        else Assert.StartsWith(preview.Replace("<b>", "&lt;b&gt;", StringComparison.Ordinal), shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_is_short_and_whole()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var random = new Random(3);
        string[] words = ["needle", "&", "<x>", "é", "日本", "😀", "e\u0301", "\"", "long" + new string('g', 50), "\r\n", "\t"];
        for (var i = 0; i < 40; i++)
        {
            var text = string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 300)).Select(_ => words[random.Next(random.Next(4) == 0 ? 1 : 0, words.Length)]));
            var email = await jmap.DeliverAsync($"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n{text}");
            var answer = await jmap.CallAsync("SearchSnippet/get", $$"""{"filter": {"body": "needle"}, "emailIds": ["{{JmapIds.Of(email)}}"]}""");
            var preview = answer.GetProperty("list")[0].GetProperty("preview").GetString();
            Assert.Equal(text.Contains("needle", StringComparison.Ordinal), preview is not null);
            if (preview is null) continue;
            Assert.InRange(Encoding.UTF8.GetByteCount(preview), 1, 255);
            Assert.Contains("<mark>needle</mark>", preview.Replace("</mark><mark>", "", StringComparison.Ordinal).Replace("needleneedle", "needle", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', preview);
            Assert.Equal(preview, preview.Replace("<mark>", "\u0001", StringComparison.Ordinal).Replace("</mark>", "\u0002", StringComparison.Ordinal)
                .Replace("<", "?", StringComparison.Ordinal).Replace("\u0001", "<mark>", StringComparison.Ordinal).Replace("\u0002", "</mark>", StringComparison.Ordinal));
            Assert.Matches("^[^<>]*(<mark>[^<>]*</mark>[^<>]*)+$", preview);
        }
    }

    [Fact]
    public async Task A_match_deep_in_a_long_message_is_found_within_bounds()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var far = await jmap.DeliverAsync("Subject: x\n\n" + string.Concat(Enumerable.Repeat("filler words here\n", 10_000)) + "the needle\n");
        var tooFar = await jmap.DeliverAsync("Subject: x\n\n" + string.Concat(Enumerable.Repeat("filler words here\n", 60_000)) + "the needle\n");
        var answer = await jmap.CallAsync("SearchSnippet/get", $$"""{"filter": {"body": "needle"}, "emailIds": ["{{JmapIds.Of(far)}}", "{{JmapIds.Of(tooFar)}}", "e999", "zzz"]}""");
        Assert.Contains("the <mark>needle</mark>", answer.GetProperty("list")[0].GetProperty("preview").GetString(), StringComparison.Ordinal);
        Assert.Null(answer.GetProperty("list")[1].GetProperty("preview").GetString());
        Assert.Equal(["e999", "zzz"], answer.GetProperty("notFound").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task Errors()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var many = string.Join(',', Enumerable.Range(1, 300).Select(i => $"\"e{i}\""));
        await jmap.CallAsync("SearchSnippet/get", $$"""{"filter": {}, "emailIds": [{{many}}]}""", "requestTooLarge");
        await jmap.CallAsync("SearchSnippet/get", """{"filter": {"colour": "red"}, "emailIds": []}""", "unsupportedFilter");
        await jmap.CallAsync("SearchSnippet/get", """{"filter": {}}""", "invalidArguments");
    }

    [Theory]
    [InlineData("Straße", "ss", "ß")]
    [InlineData("e\u0301te\u0301", "ete", "e\u0301te\u0301")]
    [InlineData("a  \t b", "a b", "a  \t b")]
    [InlineData("ﬁn", "fi", "ﬁ")]
    [InlineData("ﬁn", "in", "ﬁn")]
    [InlineData("x𝐀y", "ay", "𝐀y")]
    [InlineData("so\u00ADft", "soft", "so\u00ADft")]
    public void What_is_found_folded_is_shown_as_written(string text, string needle, string shown)
    {
        var from = 0;
        Assert.True(FoldedMap.Of(text).TryFind(needle, ref from, out var range));
        Assert.Equal(shown, text[range]);
    }
}
