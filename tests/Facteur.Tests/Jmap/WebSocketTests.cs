using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>JMAP over WebSocket (RFC 8887), with its examples.</summary>
public sealed class WebSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private WebFixture web = null!;

    public async ValueTask InitializeAsync() => web = await WebFixture.CreateAsync();

    public ValueTask DisposeAsync() => web.DisposeAsync();

    [Fact]
    public async Task A_request_is_answered_with_its_id()
    {
        // RFC 8887 §4.4.
        using var socket = await ConnectAsync();
        Assert.Equal("jmap", socket.SubProtocol);
        await SendAsync(socket, """{"@type":"Request","id":"R1","using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"hello":true,"high":5},"b3ff"]]}""");
        var answer = await ReceiveAsync(socket);
        Assert.Equal(("Response", "R1"), (answer.GetProperty("@type").GetString(), answer.GetProperty("requestId").GetString()));
        Assert.Equal("""["Core/echo",{"hello":true,"high":5},"b3ff"]""", answer.GetProperty("methodResponses")[0].GetRawText());
        Assert.NotNull(answer.GetProperty("sessionState").GetString());
        await SendAsync(socket, """{"@type":"Request","using":["urn:ietf:params:jmap:core"],"methodCalls":[]}""");
        Assert.False((await ReceiveAsync(socket)).TryGetProperty("requestId", out _));
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog.", "notJSON", null)]
    [InlineData("""{"@type":"Request","id":"x","using":["urn:none"],"methodCalls":[]}""", "unknownCapability", "x")]
    [InlineData("""{"@type":"Request","id":"y"}""", "notRequest", "y")]
    [InlineData("""{"@type":"Chat","id":"z"}""", "notRequest", "z")]
    [InlineData("""{"using":["urn:ietf:params:jmap:core"],"methodCalls":[]}""", "notRequest", null)]
    [InlineData("""[1]""", "notRequest", null)]
    [InlineData("""{"@type":"WebSocketPushEnable","dataTypes":"Email"}""", "notRequest", null)]
    public async Task What_is_wrong_is_answered_and_the_connection_goes_on(string message, string type, string? requestId)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, message);
        var answer = await ReceiveAsync(socket);
        Assert.Equal(("RequestError", $"urn:ietf:params:jmap:error:{type}"), (answer.GetProperty("@type").GetString(), answer.GetProperty("type").GetString()));
        Assert.Equal(requestId, answer.GetProperty("requestId").GetString());
        Assert.Equal(400, answer.GetProperty("status").GetInt32());
        await SendAsync(socket, """{"@type":"Request","id":"R1","using":["urn:ietf:params:jmap:core"],"methodCalls":[]}""");
        Assert.Equal("R1", (await ReceiveAsync(socket)).GetProperty("requestId").GetString());
    }

    [Fact]
    public async Task Changes_are_pushed_from_when_they_are_asked_for_until_they_are_not()
    {
        string pushState;
        using (var socket = await ConnectAsync())
        {
            await DeliverAsync();
            await SendAsync(socket, """{"@type":"WebSocketPushEnable","dataTypes":["Mailbox","Email"]}""");
            await EchoAsync(socket);
            await DeliverAsync();
            var told = await ReceiveAsync(socket);
            Assert.Equal("StateChange", told.GetProperty("@type").GetString());
            Assert.Equal(["Email", "Mailbox"], told.GetProperty("changed").EnumerateObject().Single().Value.EnumerateObject().Select(one => one.Name));
            pushState = told.GetProperty("pushState").GetString()!;
            await SendAsync(socket, """{"@type":"WebSocketPushDisable"}""");
            await DeliverAsync();
            await EchoAsync(socket);
        }
        using var again = await ConnectAsync();
        await SendAsync(again, $$"""{"@type":"WebSocketPushEnable","dataTypes":null,"pushState":"{{pushState}}"}""");
        var missed = await ReceiveAsync(again);
        Assert.Contains("EmailDelivery", missed.GetProperty("changed").EnumerateObject().Single().Value.EnumerateObject().Select(one => one.Name));
        Assert.NotEqual(pushState, missed.GetProperty("pushState").GetString());
    }

    [Fact]
    public async Task Messages_come_in_frames_and_long_answers_go_in_frames()
    {
        using var socket = await ConnectAsync();
        var text = new string('é', 400_000);
        var request = Encoding.UTF8.GetBytes($$"""{"@type":"Request","id":"long","using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"text":"{{text}}"},"a"],["Core/echo",{"#x":{"resultOf":"a","name":"Core/echo","path":"/text"} },"b"]]}""");
        for (var at = 0; at < request.Length; at += 100_001)
            await socket.SendAsync(request.AsMemory(at, Math.Min(100_001, request.Length - at)), WebSocketMessageType.Text, at + 100_001 >= request.Length, default);
        var answer = await ReceiveAsync(socket);
        Assert.Equal("long", answer.GetProperty("requestId").GetString());
        Assert.Equal(text, answer.GetProperty("methodResponses")[1][1].GetProperty("x").GetString());
    }

    [Fact]
    public async Task Many_requests_at_once_are_all_answered_or_told_the_limit()
    {
        using var socket = await ConnectAsync();
        for (var i = 0; i < 100; i++) await SendAsync(socket, $$"""{"@type":"Request","id":"{{i}}","using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{},"a"]]}""");
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            var answer = await ReceiveAsync(socket);
            if (answer.GetProperty("@type").GetString() == "RequestError") Assert.Equal("maxConcurrentRequests", answer.GetProperty("limit").GetString());
            ids.Add(answer.GetProperty("requestId").GetString()!);
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}").Order(), ids.Order());
    }

    [Fact]
    public async Task What_cannot_be_read_on_ends_the_connection()
    {
        using var binary = await ConnectAsync();
        await binary.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, true, default);
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, await EndAsync(binary));
        using var large = await ConnectAsync();
        await large.SendAsync(new byte[10_000_001], WebSocketMessageType.Text, false, default);
        Assert.Equal("maxSizeRequest", (await ReceiveAsync(large)).GetProperty("limit").GetString());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await EndAsync(large));
        using var polite = await ConnectAsync();
        await polite.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(patience);
        Assert.Equal(WebSocketState.Closed, polite.State);
    }

    [Fact]
    public async Task A_connection_ends_with_its_login_and_with_its_time()
    {
        using var socket = await ConnectAsync();
        using var other = await ConnectAsync("ami@demo.test", "rivière-17-lune");
        await EchoAsync(socket);
        await EchoAsync(other);
        await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "autre-mot-de-passe", default);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await EndAsync(socket));
        web.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await EndAsync(other));
    }

    [Fact]
    public async Task Only_who_is_let_in_and_speaks_jmap_connects()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(password: "wrong"));
        var client = web.Server.CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers.Authorization = JmapHttp.Basic("moi@demo.test", WebFixture.Password);
        await Assert.ThrowsAnyAsync<Exception>(() => client.ConnectAsync(new Uri("wss://mail.demo.test/jmap/ws"), default));
        Assert.Equal(System.Net.HttpStatusCode.UpgradeRequired, (await JmapHttp.With(web).GetAsync("/jmap/ws")).Status);
        var session = await JmapHttp.With(web).SessionAsync();
        var capability = session.GetProperty("capabilities").GetProperty("urn:ietf:params:jmap:websocket");
        Assert.Equal(("wss://mail.demo.test/jmap/ws", true), (capability.GetProperty("url").GetString(), capability.GetProperty("supportsPush").GetBoolean()));
    }

    private async Task<WebSocket> ConnectAsync(string user = "moi@demo.test", string password = WebFixture.Password)
    {
        var client = web.Server.CreateWebSocketClient();
        client.SubProtocols.Add("jmap");
        client.ConfigureRequest = request => request.Headers.Authorization = JmapHttp.Basic(user, password);
        return await client.ConnectAsync(new Uri("wss://mail.demo.test/jmap/ws"), default);
    }

    private static Task SendAsync(WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    /// <summary>Waits until all that was sent before was taken.</summary>
    private static async Task EchoAsync(WebSocket socket)
    {
        await SendAsync(socket, """{"@type":"Request","id":"echo","using":["urn:ietf:params:jmap:core"],"methodCalls":[]}""");
        Assert.Equal("echo", (await ReceiveAsync(socket)).GetProperty("requestId").GetString());
    }

    private static async Task<JsonElement> ReceiveAsync(WebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(patience);
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    private static async Task<WebSocketCloseStatus?> EndAsync(WebSocket socket)
    {
        var received = await socket.ReceiveAsync(new byte[1000].AsMemory(), default).AsTask().WaitAsync(patience);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        return socket.CloseStatus;
    }

    private async Task DeliverAsync()
    {
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n"), default);
        await intake.CompleteAsync(default);
        await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default);
    }
}
