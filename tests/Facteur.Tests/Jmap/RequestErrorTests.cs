using System.Text;
using System.Text.Json;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>What is wrong with a request as a whole (RFC 8620 §3.6.1), and what may look wrong and is not.</summary>
public sealed class RequestErrorTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    private const string Using = "\"using\":[\"urn:ietf:params:jmap:core\"]";

    // The examples of §3.6.1.1.
    [Fact]
    public async Task A_capability_that_is_not_there_is_named()
    {
        var error = await RefusedAsync(jmap.With(), jmap, """{"using":["urn:ietf:params:jmap:core","https://example.com/apis/foobar"],"methodCalls":[["Core/echo",{},"a"]]}""");
        Assert.Equal(("urn:ietf:params:jmap:error:unknownCapability", 400, null), (error.Type, error.Status, error.Limit));
        Assert.Equal("The request uses the capability 'https://example.com/apis/foobar', which this server does not have.", error.Message);
        // One that has a name and no method here is not there either.
        Assert.EndsWith("unknownCapability", (await RefusedAsync(jmap.With(), jmap, """{"using":["urn:ietf:params:jmap:mail"],"methodCalls":[]}""")).Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nul")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("// comment\n{}")]
    [InlineData("{\"using\":[],}")]
    [InlineData("{'using':[]}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("\ufeff{\"using\":[],\"methodCalls\":[]}")]
    // I-JSON: members once (also when one is written otherwise), whole characters.
    [InlineData("{\"using\":[],\"using\":[],\"methodCalls\":[]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"a\":{\"b\":1,\"\\u0062\":2}},\"c\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"a\":\"\\ud800\"},\"c\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"a\":\"\\udc00\\ud800\"},\"c\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"a\":\"\\ud800x\\udc00\"},\"c\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"\\udfff\":1},\"c\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{\"a\":\"\\ud83d\\\\ude00\"},\"c\"]]}")]
    public async Task What_is_not_I_JSON_is_refused(string request)
    {
        Assert.Equal("urn:ietf:params:jmap:error:notJSON", (await RefusedAsync(jmap.With(), jmap, request)).Type);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0xae })] // "." overlong
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })] // a surrogate
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })] // past Unicode
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public async Task What_is_not_UTF_8_is_refused(byte[] octets)
    {
        byte[] request = [.. Encoding.UTF8.GetBytes("{" + Using + ",\"methodCalls\":[[\"Core/echo\",{\"a\":\""), .. octets, .. "\"},\"c\"]]}"u8];
        var error = await Assert.ThrowsAsync<JmapRequestException>(() => jmap.With().RequestAsync(jmap, request));
        Assert.Equal("urn:ietf:params:jmap:error:notJSON", error.Type);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("{\"using\":[]}")]
    [InlineData("{\"methodCalls\":[]}")]
    [InlineData("{\"using\":{},\"methodCalls\":[]}")]
    [InlineData("{\"using\":[1],\"methodCalls\":[]}")]
    [InlineData("{\"using\":[],\"methodCalls\":{}}")]
    [InlineData("{\"using\":[],\"methodCalls\":[{}]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{}]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{},\"a\",1]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[1,{},\"a\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",[],\"a\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",null,\"a\"]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[[\"Core/echo\",{},1]]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[],\"createdIds\":[]}")]
    [InlineData("{\"using\":[],\"methodCalls\":[],\"createdIds\":null}")]
    [InlineData("{\"using\":[],\"methodCalls\":[],\"createdIds\":{\"a\":1}}")]
    [InlineData("{\"Using\":[],\"methodCalls\":[]}")]
    public async Task What_is_no_Request_is_refused(string request)
    {
        Assert.Equal("urn:ietf:params:jmap:error:notRequest", (await RefusedAsync(jmap.With(), jmap, request)).Type);
    }

    // §3.3: a server ignores what it does not know; §3.2: a call id is any string.
    [Theory]
    [InlineData("{\"future\":{\"x\":[1]},%,\"methodCalls\":[[\"Core/echo\",{},\"\"]]}")]
    [InlineData("{%,\"methodCalls\":[[\"Core/echo\",{},\"\\\"\\u0000\\ud83d\\ude00é\"]]}")]
    [InlineData(" \r\n\t{%,\"methodCalls\":[[\"Core/echo\",{\"\":{\"\":[]}},\"a\"],[\"Core/echo\",{},\"a\"]]} ")]
    [InlineData("{%,\"methodCalls\":[[\"Core/echo\",{\"#\":1,\"\\\\ud800\":\"\\\\udc00\"},\"a\"]]}")]
    public async Task What_only_looks_strange_is_answered(string request)
    {
        var response = await jmap.With().RequestAsync(jmap, request.Replace("%", Using, StringComparison.Ordinal));
        var sent = JsonDocument.Parse(request.Replace("%", Using, StringComparison.Ordinal)).RootElement.GetProperty("methodCalls");
        Assert.Equal(sent.EnumerateArray().Select(call => call[2].GetString()), response.GetProperty("methodResponses").EnumerateArray().Select(one => one[2].GetString()));
    }

    [Fact]
    public async Task Limits_are_named_and_nothing_is_done()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxCallsInRequest = 3, MaxSizeRequest = 400 });
        var method = new ScriptedMethod("Any/run", "{}");
        var processor = jmap.With(method);
        var call = "[\"Any/run\",{},\"a\"]";
        await processor.CallsAsync(jmap, $"[{call},{call},{call}]");
        Assert.Equal(3, method.Asked.Count);
        var error = await RefusedAsync(processor, jmap, $"{{{Using},\"methodCalls\":[{call},{call},{call},{call}]}}");
        Assert.Equal(("urn:ietf:params:jmap:error:limit", 400, "maxCallsInRequest"), (error.Type, error.Status, error.Limit));
        error = await RefusedAsync(processor, jmap, $"{{{Using},\"methodCalls\":[{call}]}}".PadRight(401));
        Assert.Equal(("urn:ietf:params:jmap:error:limit", "maxSizeRequest"), (error.Type, error.Limit));
        await processor.RequestAsync(jmap, $"{{{Using},\"methodCalls\":[{call}]}}".PadRight(400));
        Assert.Equal(4, method.Asked.Count);
    }

    private static async Task<JmapRequestException> RefusedAsync(JmapProcessor processor, JmapHarness jmap, string request) =>
        await Assert.ThrowsAsync<JmapRequestException>(() => processor.RequestAsync(jmap, request));
}
