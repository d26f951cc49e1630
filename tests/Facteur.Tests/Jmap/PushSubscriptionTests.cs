using System.Text;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>Subscriptions of Web Push (RFC 8620 §7.2; RELIABILITY S-28).</summary>
public sealed class PushSubscriptionTests : IAsyncLifetime
{
    private readonly PushRecorder service = new();
    private WebFixture web = null!;
    private JmapHttp program = null!;

    public async ValueTask InitializeAsync()
    {
        web = await WebFixture.CreateAsync(service.FetchAsync);
        program = JmapHttp.With(web);
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    [Fact]
    public async Task The_code_is_pushed_first_and_changes_once_it_came_back()
    {
        // RFC 8620 §7.2.3.
        var created = await CreateAsync("""{"deviceClientId": "a889-ffea-910", "url": "https://example.com/push/?device=X8980fc&client=12c6d086", "types": null}""");
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal(JsonValueKind.Null, created.GetProperty("keys").ValueKind);
        Assert.Equal(web.Clock.GetUtcNow() + TimeSpan.FromDays(30), created.GetProperty("expires").GetDateTimeOffset());
        var pushed = await service.NextAsync();
        Assert.Equal(("https://example.com/push/?device=X8980fc&client=12c6d086", "application/json"), (pushed.Uri.OriginalString, pushed.Headers["Content-Type"]));
        Assert.True(int.Parse(pushed.Headers["TTL"]) > 0);
        Assert.Equal(("PushVerification", id), (pushed.Json.GetProperty("@type").GetString(), pushed.Json.GetProperty("pushSubscriptionId").GetString()));
        var code = pushed.Json.GetProperty("verificationCode").GetString()!;
        Assert.True(code.Length >= 32);

        await DeliverAsync();
        Assert.Equal("invalidProperties", (await UpdateAsync(id, """{"verificationCode": "wrong"}""")).GetProperty("notUpdated").GetProperty(id).GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Null, (await GetAsync())[0].GetProperty("verificationCode").ValueKind);
        Assert.True(service.IsEmpty);

        Assert.Equal(JsonValueKind.Null, (await UpdateAsync(id, $$"""{"verificationCode": "{{code}}"}""")).GetProperty("updated").GetProperty(id).ValueKind);
        Assert.Equal(code, (await GetAsync())[0].GetProperty("verificationCode").GetString());
        web.Clock.Advance(TimeSpan.FromSeconds(10));
        await DeliverAsync();
        var change = await service.NextAsync();
        Assert.Equal("StateChange", change.Json.GetProperty("@type").GetString());
        Assert.Contains("EmailDelivery", Types(change.Json));
        Assert.Equal("high", change.Headers["Urgency"]);
        // Nothing of the message (S-28): states alone.
        Assert.DoesNotContain("hello", Encoding.UTF8.GetString(change.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_pushed_to_a_client_with_keys_only_it_can_read()
    {
        using var client = new PushReceiver();
        var id = await VerifiedAsync("[\"EmailDelivery\"]", client);
        await DeliverAsync();
        var pushed = await service.NextAsync();
        Assert.Equal(["EmailDelivery"], Types(client.Read(pushed)));
        Assert.StartsWith($"vapid t=", pushed.Headers["Authorization"]);
        var key = (await program.SessionAsync()).GetProperty("capabilities").GetProperty("urn:ietf:params:jmap:webpush-vapid").GetProperty("applicationServerKey").GetString();
        Assert.EndsWith($", k={key}", pushed.Headers["Authorization"]);
        Assert.NotNull(id);
    }

    [Theory]
    [InlineData("""{"deviceClientId": "d", "url": "http://example.com/"}""", "url")]
    [InlineData("""{"deviceClientId": "d", "url": "https://user@example.com/"}""", "url")]
    [InlineData("""{"deviceClientId": "d", "url": "/push"}""", "url")]
    [InlineData("""{"deviceClientId": "d"}""", "url")]
    [InlineData("""{"deviceClientId": "", "url": "https://example.com/"}""", "deviceClientId")]
    [InlineData("""{"url": "https://example.com/"}""", "deviceClientId")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "verificationCode": "x"}""", "verificationCode")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "keys": {"p256dh": "x", "auth": "y"}}""", "keys")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "keys": {}}""", "keys")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "expires": "2020-01-01T00:00:00Z"}""", "expires")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "expires": "tomorrow"}""", "expires")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "types": "Email"}""", "types")]
    [InlineData("""{"deviceClientId": "d", "url": "https://example.com/", "id": "mine"}""", "id")]
    public async Task What_is_no_subscription_is_refused_and_nothing_is_pushed(string subscription, string property)
    {
        var answer = await SetAsync($$"""{"create": {"a": {{subscription}}} }""");
        var error = answer.GetProperty("notCreated").GetProperty("a");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Contains(property, error.GetProperty("properties").EnumerateArray().Select(one => one.GetString()));
        Assert.True(service.IsEmpty);
    }

    [Fact]
    public async Task Addresses_and_keys_are_never_told_and_others_see_nothing()
    {
        var id = await VerifiedAsync();
        var list = await GetAsync();
        Assert.Equal(["id", "deviceClientId", "verificationCode", "expires", "types"], list[0].EnumerateObject().Select(one => one.Name));
        var ami = JmapHttp.With(web, "ami@demo.test", "rivière-17-lune");
        foreach (var properties in new[] { "url", "keys" })
            Assert.Equal("forbidden", (await program.CallAsync($$"""[["PushSubscription/get",{"ids":null,"properties":["{{properties}}"]},"a"]]"""))[0][1].GetProperty("type").GetString());
        Assert.Equal(0, (await ami.CallAsync("""[["PushSubscription/get",{"ids":null},"a"]]"""))[0][1].GetProperty("list").GetArrayLength());
        Assert.Equal(id, (await ami.CallAsync($$"""[["PushSubscription/get",{"ids":["{{id}}"]},"a"]]"""))[0][1].GetProperty("notFound")[0].GetString());
        var theirs = (await ami.CallAsync($$"""[["PushSubscription/set",{"update":{"{{id}}":{"types":null} },"destroy":["{{id}}"]},"a"]]"""))[0][1];
        Assert.Equal("notFound", theirs.GetProperty("notUpdated").GetProperty(id).GetProperty("type").GetString());
        Assert.Equal("notFound", theirs.GetProperty("notDestroyed").GetProperty(id).GetProperty("type").GetString());
        Assert.Single(await GetAsync());
        Assert.Equal("invalidArguments", (await program.CallAsync("""[["PushSubscription/get",{"accountId":"a1"},"a"]]"""))[0][1].GetProperty("type").GetString());
        Assert.Equal("invalidArguments", (await program.CallAsync("""[["PushSubscription/set",{"ifInState":"x"},"a"]]"""))[0][1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task What_may_be_changed_is_changed_and_the_rest_is_as_it_was()
    {
        var id = await VerifiedAsync();
        var soon = web.Clock.GetUtcNow() + TimeSpan.FromDays(1);
        Assert.Equal(JsonValueKind.Null, (await UpdateAsync(id, $$"""{"expires": "{{soon.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}", "types": ["Mailbox"], "deviceClientId": "d"}""")).GetProperty("updated").GetProperty(id).ValueKind);
        var far = await UpdateAsync(id, """{"expires": "2099-01-01T00:00:00Z"}""");
        Assert.Equal(web.Clock.GetUtcNow() + TimeSpan.FromDays(30), far.GetProperty("updated").GetProperty(id).GetProperty("expires").GetDateTimeOffset());
        foreach (var patch in new[] { """{"url": "https://other.example/"}""", """{"keys": null}""", """{"deviceClientId": "other"}""" })
            Assert.Equal("invalidProperties", (await UpdateAsync(id, patch)).GetProperty("notUpdated").GetProperty(id).GetProperty("type").GetString());
        Assert.Equal("Mailbox", (await GetAsync())[0].GetProperty("types")[0].GetString());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_subscription_that_the_service_does_not_have_goes(int status)
    {
        await VerifiedAsync();
        service.Status = status;
        await DeliverAsync();
        await service.NextAsync();
        while ((await web.Store.State.ListAsync("push-subscription", "", null, 10, default)).Count > 0) await Task.Yield();
        Assert.Empty(await GetAsync());
    }

    [Fact]
    public async Task A_service_that_fails_is_tried_again_with_what_is_then()
    {
        await VerifiedAsync();
        service.Status = 0;
        await DeliverAsync();
        await service.NextAsync();
        service.Status = 201;
        await AdvanceUntilAsync(() => !service.IsEmpty, TimeSpan.FromSeconds(5));
        Assert.Contains("EmailDelivery", Types((await service.NextAsync()).Json));
        web.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(service.IsEmpty);
    }

    [Fact]
    public async Task A_service_that_says_too_many_is_asked_later_and_less_often()
    {
        await VerifiedAsync();
        (service.Status, service.RetryAfter) = (429, "120");
        await DeliverAsync();
        await service.NextAsync();
        (service.Status, service.RetryAfter) = (201, null);
        var start = web.Clock.GetUtcNow();
        await AdvanceUntilAsync(() => !service.IsEmpty, TimeSpan.FromSeconds(1));
        Assert.True(web.Clock.GetUtcNow() - start >= TimeSpan.FromSeconds(119));
    }

    [Fact]
    public void Messages_keep_their_distance_and_failures_wait_longer_each_time()
    {
        var time = web.Clock;
        var pace = new Facteur.Jmap.Push.PushPace(time);
        TimeSpan Wait() => pace.NotBefore - time.GetUtcNow();
        pace.Taken();
        Assert.Equal(TimeSpan.FromSeconds(2), Wait());
        pace.Failed(isTooMany: true, TimeSpan.FromSeconds(120));
        Assert.Equal(TimeSpan.FromSeconds(120), Wait());
        pace.Failed(isTooMany: true, null);
        Assert.Equal(TimeSpan.FromSeconds(8), Wait());
        foreach (var seconds in new[] { 10, 40, 160, 640, 2560, 3600, 3600 })
        {
            pace.Failed(isTooMany: false, null);
            Assert.Equal(TimeSpan.FromSeconds(seconds), Wait());
        }
        Assert.False(pace.IsHopeless);
        time.Advance(TimeSpan.FromDays(4));
        Assert.True(pace.IsHopeless);
        pace.Taken();
        Assert.False(pace.IsHopeless);
    }

    [Fact]
    public async Task Many_changes_in_a_moment_are_few_messages()
    {
        await VerifiedAsync();
        for (var i = 0; i < 30; i++) await DeliverAsync();
        var account = await program.AccountAsync();
        var state = (await program.CallAsync($$"""[["Email/get",{"accountId":"{{account}}","ids":[]},"a"]]"""))[0][1].GetProperty("state").GetString();
        var count = 0;
        PushedMessage last;
        do
        {
            // What is announced late is one more.
            await AdvanceUntilAsync(() => !service.IsEmpty, TimeSpan.FromSeconds(1));
            last = await service.NextAsync();
            count++;
        }
        while (last.Json.GetProperty("changed").GetProperty(account).GetProperty("Email").GetString() != state);
        Assert.InRange(count, 1, 10);
    }

    [Fact]
    public async Task A_person_has_so_many_and_makes_so_many_in_an_hour()
    {
        var create = string.Join(",", Enumerable.Range(0, 25).Select(i => $$"""  "c{{i}}": {"deviceClientId": "d{{i}}", "url": "https://push.example/{{i}}"}  """));
        var answer = await SetAsync("{\"create\": {" + create + "}}");
        Assert.Equal(20, answer.GetProperty("created").EnumerateObject().Count());
        Assert.All(answer.GetProperty("notCreated").EnumerateObject(), one => Assert.Equal("rateLimit", one.Value.GetProperty("type").GetString()));
        // Those whose code does not come back go.
        web.Clock.Advance(TimeSpan.FromHours(2));
        while ((await GetAsync()).Count > 0) await Task.Yield();
        Assert.Single((await SetAsync("""{"create": {"c": {"deviceClientId": "d", "url": "https://push.example/"} }}""")).GetProperty("created").EnumerateObject());
    }

    [Fact]
    public async Task A_subscription_ends_with_its_time()
    {
        var id = await VerifiedAsync();
        var soon = web.Clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        await UpdateAsync(id, $$"""{"expires": "{{soon.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}""");
        web.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await GetAsync());
        var count = service.Count;
        await DeliverAsync();
        await web.Services.Jmap.Services.Push!.SweepAsync(default);
        Assert.Equal(count, service.Count);
    }

    [Fact]
    public async Task A_subscription_ends_with_the_credentials_that_made_it()
    {
        await VerifiedAsync();
        await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "autre-mot-de-passe", default);
        var count = service.Count;
        await DeliverAsync();
        while ((await web.Store.State.ListAsync("push-subscription", "", null, 10, default)).Count > 0) await Task.Yield();
        Assert.Equal(count, service.Count);
        Assert.Empty((await JmapHttp.With(web, password: "autre-mot-de-passe").CallAsync("""[["PushSubscription/get",{"ids":null},"a"]]"""))[0][1].GetProperty("list").EnumerateArray());
    }

    [Fact]
    public async Task A_session_of_a_browser_has_its_own_and_they_end_with_it()
    {
        var browser = await web.SignedInAsync();
        var answer = await browser.PostTextAsync(
            "/jmap", """{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["PushSubscription/set",{"create":{"a":{"deviceClientId":"d","url":"https://push.example/"}}},"a"]]}""", "application/json",
            ("Sec-Fetch-Site", "same-origin"));
        Assert.Contains("\"created\":{\"a\"", answer.Body, StringComparison.Ordinal);
        await service.NextAsync();
        Assert.Empty(await GetAsync());
        await web.Services.Sessions.RemoveAllAsync(web.Moi.Id, null, default);
        await web.Services.Jmap.Services.Push!.SweepAsync(default);
        Assert.Empty(await web.Store.State.ListAsync("push-subscription", "", null, 10, default));
    }

    [Fact]
    public async Task Subscriptions_are_there_again_after_a_restart()
    {
        var id = await VerifiedAsync();
        var services = web.Services.Jmap.Services;
        services.Push!.Dispose();
        using var again = new Facteur.Jmap.Push.PushService(services, new(service.FetchAsync, (_, _, _, _, _) => new(true), "mailto:postmaster@demo.test"), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await again.ReadyAsync(default);
        await DeliverAsync();
        Assert.Contains("Email", Types((await service.NextAsync()).Json));
        Assert.Equal(id, Assert.Single(await GetAsync()).GetProperty("id").GetString());
    }

    private async Task<string> VerifiedAsync(string types = "null", PushReceiver? client = null)
    {
        var created = await CreateAsync($$"""{"deviceClientId": "d", "url": "https://push.example/a", "types": {{types}}, "keys": {{client?.Keys ?? "null"}}}""");
        var id = created.GetProperty("id").GetString()!;
        var pushed = await service.NextAsync();
        var code = (client?.Read(pushed) ?? pushed.Json).GetProperty("verificationCode").GetString();
        await UpdateAsync(id, $$"""{"verificationCode": "{{code}}"}""");
        web.Clock.Advance(TimeSpan.FromSeconds(10));
        return id;
    }

    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step)
    {
        while (!condition())
        {
            web.Clock.Advance(step);
            await Task.Yield();
        }
    }

    private async Task<JsonElement> CreateAsync(string subscription) => (await SetAsync("{\"create\": {\"4f29\": " + subscription + "}}")).GetProperty("created").GetProperty("4f29");

    private Task<JsonElement> UpdateAsync(string id, string patch) => SetAsync("{\"update\": {\"" + id + "\": " + patch + "}}");

    private async Task<JsonElement> SetAsync(string arguments)
    {
        var answer = (await program.CallAsync($$"""[["PushSubscription/set", {{arguments}}, "0"]]"""))[0];
        Assert.True(answer[0].GetString() == "PushSubscription/set", answer.ToString());
        Assert.False(answer[1].TryGetProperty("newState", out _));
        Assert.False(answer[1].TryGetProperty("accountId", out _));
        return answer[1];
    }

    private async Task<List<JsonElement>> GetAsync()
    {
        var answer = (await program.CallAsync("""[["PushSubscription/get", {"ids": null}, "0"]]"""))[0];
        Assert.False(answer[1].TryGetProperty("state", out _));
        return [.. answer[1].GetProperty("list").EnumerateArray()];
    }

    private static IEnumerable<string> Types(JsonElement change) => change.GetProperty("changed").EnumerateObject().Single().Value.EnumerateObject().Select(one => one.Name);

    private async Task DeliverAsync()
    {
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n"), default);
        await intake.CompleteAsync(default);
        await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default);
    }
}
