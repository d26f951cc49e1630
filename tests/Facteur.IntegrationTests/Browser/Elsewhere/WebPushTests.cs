using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>
/// Web Push from end to end: the page subscribes, our server encrypts and sends to a push service, and the worker tells of the mail. A browser has one push service and no other; here it is a host of the
/// test, and its last step, from the service to the worker, is that of the developer tools.
/// </summary>
public sealed class WebPushTests(ConnectedWorld world)
{
    /// <summary>A subscription with the address and keys of the test, in place of the browser's own.</summary>
    private const string Subscribe = """
        (() => {
          const one = { endpoint: "ENDPOINT", keys: { p256dh: "KEY", auth: "SECRET" } };
          PushManager.prototype.getSubscription = async () => null;
          PushManager.prototype.subscribe = async (options) => { globalThis.subscribedWith = options; return { endpoint: one.endpoint, toJSON: () => one, unsubscribe: async () => true }; };
        })();
        """;

    private const string Notices = """
        async () => (await (await navigator.serviceWorker.getRegistration("/mail")).getNotifications()).map(({ title, body, tag, data }) => JSON.stringify({ title, body, tag, hash: data?.hash }))
        """;

    [Fact]
    public async Task What_comes_in_is_pushed_through_a_push_service_and_told_by_the_worker()
    {
        await using var service = await world.StartHostAsync();
        using var reader = new PushReader();
        await using var mail = await MailBrowser.OpenAsync(world);
        var page = mail.Page;
        await page.Context.GrantPermissionsAsync(["notifications"], new() { Origin = mail.Origin });
        await page.AddInitScriptAsync(Subscribe.Replace("ENDPOINT", service.UrlOf("/push/1"), StringComparison.Ordinal).Replace("KEY", reader.PublicKey, StringComparison.Ordinal).Replace("SECRET", reader.Secret, StringComparison.Ordinal));
        await page.ReloadAsync();
        await mail.BegunAsync();
        await page.EvaluateAsync("() => navigator.serviceWorker.ready");
        await page.GetByRole(AriaRole.Button, new() { Name = "Account " + mail.Address }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Notifications and offline" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Tell me of new mail" }).ClickAsync();

        // First the code that proves that the address is the browser's (RFC 8620 §7.2.2): the worker brings it back.
        var proof = Read(reader, await service.NextAsync());
        Assert.Equal("PushVerification", proof.GetProperty("@type").GetString());
        await Assertions.Expect(page.Locator(".away-said")).ToContainTextAsync("even when no page of Facteur is open");
        await using var worker = await WorkerAsync(page);
        await worker.PushAsync(mail.Origin, proof.GetRawText());
        while ((await page.JmapAsync(("PushSubscription/get", new JsonObject { ["ids"] = null })))[0].GetProperty("list")[0].GetProperty("verificationCode").ValueKind == JsonValueKind.Null) await page.WaitForTimeoutAsync(50);

        // Nobody looks at the mail any more.
        await page.GotoAsync(mail.Origin + "/settings/notifications");
        await mail.Mailbox.DeliverAsync(new TestMessage("The <b>quote</b>", "\"Ben <i> Martin\" <ben@example.test>"));
        var pushed = await service.NextAsync();
        var change = Read(reader, pushed);
        Assert.Equal("StateChange", change.GetProperty("@type").GetString());
        Assert.DoesNotContain("quote", change.GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("vapid t=", pushed.Headers["Authorization"], StringComparison.Ordinal);
        await worker.PushAsync(mail.Origin, change.GetRawText());
        string[] notices;
        while ((notices = await page.EvaluateAsync<string[]>(Notices)).Length == 0) await page.WaitForTimeoutAsync(50);
        var notice = JsonDocument.Parse(Assert.Single(notices)).RootElement;
        Assert.Equal(("Ben <i> Martin", "The <b>quote</b>"), (notice.GetProperty("title").GetString(), notice.GetProperty("body").GetString()));

        // The same once more is the same notice; signing out closes it and ends the subscription.
        await worker.PushAsync(mail.Origin, change.GetRawText());
        await page.GotoAsync(mail.Origin + "/mail" + notice.GetProperty("hash").GetString());
        await Assertions.Expect(page.Locator(".conversation h1")).ToHaveTextAsync("The <b>quote</b>");
        await Assertions.Expect(page.Locator(".message.is-open")).ToHaveCountAsync(1);
        Assert.Single(await page.EvaluateAsync<string[]>(Notices));
    }

    private static JsonElement Read(PushReader reader, AskedRequest request)
    {
        Assert.Equal(("POST", "/push/1", "aes128gcm"), (request.Method, request.Target, request.Headers["Content-Encoding"]));
        Assert.True(request.Headers.ContainsKey("TTL"));
        return JsonDocument.Parse(reader.Read(request.Body)).RootElement;
    }

    /// <summary>The worker of the page, as the developer tools see it.</summary>
    private static async Task<PushedWorker> WorkerAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var registered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, json) =>
        {
            foreach (var one in json!.Value.GetProperty("registrations").EnumerateArray())
                if (one.GetProperty("scopeURL").GetString()!.EndsWith("/mail", StringComparison.Ordinal)) registered.TrySetResult(one.GetProperty("registrationId").GetString()!);
        };
        await session.SendAsync("ServiceWorker.enable");
        return new PushedWorker(session, await registered.Task.WaitAsync(TimeSpan.FromMinutes(3)));
    }

    private sealed record PushedWorker(ICDPSession Session, string Registration) : IAsyncDisposable
    {
        public async Task PushAsync(string origin, string data) => await Session.SendAsync("ServiceWorker.deliverPushMessage", new Dictionary<string, object> { ["origin"] = origin, ["registrationId"] = Registration, ["data"] = data });

        public async ValueTask DisposeAsync() => await Session.DetachAsync();
    }
}
