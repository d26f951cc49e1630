using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>Fills an account with payloads in every field that its owner, or a program of his, can write: what JMAP takes in a few requests, the rest by the pages and programs that write it.</summary>
internal sealed class HostileAccount(MailBrowser mail)
{
    private int number = 200_000;

    private IPage Page => mail.Page;

    /// <summary>Another payload each time.</summary>
    public string Next() => TextPayloads.Of(number, ++number);

    /// <summary>One of a few short ones, for fields that take no more.</summary>
    public string Short() => string.Create(CultureInfo.InvariantCulture, $"<img src=x onerror=alert({++number})>");

    /// <summary>By JMAP: labels, identities, rules, scripts, addresses, the vacation, templates.</summary>
    public async Task FillAsync()
    {
        var labels = await MakeAsync("Mailbox", TextPayloads.Count, 20, _ => new JsonObject { ["name"] = Next(), ["color"] = "#aa3366" });
        await MakeAsync("Identity", 8, 6, _ => new JsonObject { ["name"] = Line(Next()), ["email"] = mail.Address, ["textSignature"] = Next(), ["htmlSignature"] = HtmlPayloads.All().ElementAt(number % 100) + $"<p>{Next()}</p>" });
        await MakeAsync("FilterRule", TextPayloads.Count, 40, at => new JsonObject
        {
            ["name"] = Next(),
            ["conditions"] = new JsonArray(new JsonObject { ["field"] = "subject", ["comparison"] = "contains", ["values"] = new JsonArray(Next(), Next()) }, new JsonObject { ["field"] = "header", ["header"] = "X-Hostile", ["comparison"] = "is", ["values"] = new JsonArray(Next()) }),
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "label", ["mailboxId"] = labels.Values.ElementAt(at % labels.Count) }, new JsonObject { ["type"] = "reply", ["subject"] = Line(Next()), ["text"] = Next() }),
        });
        await MakeAsync("BlockedSender", 8, 1, at => new JsonObject { ["email"] = at % 2 == 0 ? $"\"{Short()}\"@evil.test" : $"x{Number()}'onerror=alert({Number()})@evil.test" });
        await MakeAsync("ContactCard", TextPayloads.Count, 40, _ => new JsonObject
        {
            ["addressBookIds"] = new JsonObject { ["b1"] = true }, ["name"] = new JsonObject { ["full"] = "Ann " + Next() }, ["emails"] = new JsonObject { ["e"] = new JsonObject { ["address"] = $"x{Number()}'onerror=alert({Number()})@evil.test" } },
            ["organizations"] = new JsonObject { ["o"] = new JsonObject { ["name"] = Next() } }, ["phones"] = new JsonObject { ["p"] = new JsonObject { ["number"] = Next() } }, ["notes"] = new JsonObject { ["n"] = new JsonObject { ["note"] = "</textarea>" + Next() } },
        });
        await MakeAsync("DisposableAddress", 6, 4, _ => new JsonObject { ["label"] = Line(Next()) });
        await Page.JmapAsync(("VacationResponse/set", new JsonObject { ["update"] = new JsonObject { ["singleton"] = new JsonObject { ["isEnabled"] = true, ["subject"] = Line(Next()), ["textBody"] = "</textarea>" + Short(), ["htmlBody"] = "</textarea>" + Short() } } }));
        await ScriptsAsync();
    }

    /// <summary>By programs: templates and removed messages with payloads, and what the program calls itself.</summary>
    public async Task UseProgramsAsync()
    {
        var messages = Enumerable.Range(0, 12).Select(_ => new TestMessage(Word(Next()), $"{Word(Next())} <s@hostile.test>", Next()) { ContentType = "text/html; charset=utf-8" }).ToArray();
        await mail.Mailbox.ImapAsync("CREATE Templates", "CREATE Removed");
        await mail.Mailbox.AppendToAsync("Templates", messages[..8]);
        await mail.Mailbox.AppendToAsync("Sent", [.. Enumerable.Range(0, 6).Select(_ => new TestMessage("Hello") { To = $"{Word("Ann " + Next())} <ann{Number()}@hostile.test>", Flags = "\\Seen" })]);
        await mail.Mailbox.AppendToAsync("Removed", messages[8..]);
        await mail.Mailbox.ImapAsync("SELECT Removed", "STORE 1:* +FLAGS (\\Deleted)", "EXPUNGE");
        await using var imap = await TestClient.ConnectAsync(mail.Server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"ID (\"name\" \"{Short()}\" \"version\" \"{Short()}\" \"vendor\" \"{Short()}\")");
        await imap.ImapAsync($"LOGIN {mail.Address} {BrowserWorld.Password}");
    }

    /// <summary>By the pages: app passwords, a passkey, a program that was let in, a browser that calls itself so, an import.</summary>
    public async Task UsePagesAsync()
    {
        await Page.GotoAsync(mail.Origin + "/settings/security/app-passwords");
        foreach (var label in new[] { Short(), "\"><script>alert(" + Number() + ")</script>" })
        {
            await Page.Locator("#label").FillAsync(label);
            await Page.Locator("#label").PressAsync("Enter");
            await Page.Locator("#secret").WaitForAsync();
            await HostileChecks.ShowsTextsAsync(Page);
            // The next one is made on a page without one, so that its answer can be told from this.
            await Page.GotoAsync(mail.Origin + "/settings/security/app-passwords");
        }
        await PasskeyAsync();
        await ProgramAsync();
        await using (var other = await Page.Context.Browser!.NewContextAsync(new BrowserNewContextOptions { UserAgent = Short() }))
        {
            Patience.Begin(other);
            var page = await other.NewPageAsync();
            await page.GotoAsync(mail.Origin + "/signin?next=/settings/security");
            await page.Locator("#user").FillAsync(mail.Address);
            await page.Locator("#password").FillAsync(BrowserWorld.Password);
            await page.Locator("#password").PressAsync("Enter");
            await Patience.ArrivesAsync(page, "**/settings/security");
        }
        await ImportAsync();
    }

    private async Task<Dictionary<string, string>> MakeAsync(string type, int count, int least, Func<int, JsonNode> make)
    {
        var made = await Page.CreateAsync(type, Enumerable.Range(0, count).Select(at => (string.Create(CultureInfo.InvariantCulture, $"c{at}"), make(at))));
        Assert.True(made.Count >= least, $"{type}: {made.Count}");
        return made;
    }

    private async Task ScriptsAsync()
    {
        var scripts = Enumerable.Range(0, 8).Select(at => (Name: string.Create(CultureInfo.InvariantCulture, $"b{at}"), Text: $"# {Line(Next())}\r\nkeep;\r\n")).ToList();
        var blobs = new JsonObject(scripts.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)new JsonObject { ["data"] = new JsonArray(new JsonObject { ["data:asText"] = one.Text }) })));
        var create = new JsonObject(scripts.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)new JsonObject { ["name"] = Line(Next()), ["blobId"] = "#" + one.Name })));
        var answers = await Page.JmapAsync(("Blob/upload", new JsonObject { ["create"] = blobs }), ("SieveScript/set", new JsonObject { ["create"] = create }));
        Assert.True(answers[1].GetProperty("created").EnumerateObject().Count() >= 5, answers[1].ToString());
    }

    private async Task PasskeyAsync()
    {
        var session = await Page.Context.NewCDPSessionAsync(Page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        await Page.GotoAsync(mail.Origin + "/settings/security/passkeys");
        await Page.Locator("#label").FillAsync(Short());
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Patience.ArrivesAsync(Page, "**/passkeys?done=passkey");
    }

    /// <summary>A program registers itself under a name of its choice, and is let in by its code (RFC 7591, RFC 8628).</summary>
    private async Task ProgramAsync()
    {
        var api = Page.Context.APIRequest;
        var client = await JsonAsync(await api.PostAsync(mail.Origin + "/oauth/register", new() { IgnoreHTTPSErrors = true, DataObject = new { client_name = Short(), redirect_uris = new[] { "http://127.0.0.1/back" }, client_uri = "https://evil.test/" } }));
        var form = Page.Context.APIRequest.CreateFormData();
        form.Set("client_id", client["client_id"]!.ToString());
        form.Set("scope", "imap offline");
        var device = await JsonAsync(await api.PostAsync(mail.Origin + "/oauth/device_authorization", new() { IgnoreHTTPSErrors = true, Form = form }));
        await Page.GotoAsync($"{mail.Origin}/device?code={device["user_code"]}");
        await Page.Locator("button.primary").ClickAsync();
        await HostileChecks.ShowsTextsAsync(Page);
        await Page.Locator("button.primary[name=answer]").ClickAsync();
        await Patience.ArrivesAsync(Page, "**/device?done=device");
        var token = api.CreateFormData();
        token.Set("client_id", client["client_id"]!.ToString());
        token.Set("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        token.Set("device_code", device["device_code"]!.ToString());
        await JsonAsync(await api.PostAsync(mail.Origin + "/oauth/token", new() { IgnoreHTTPSErrors = true, Form = token }));
    }

    private async Task ImportAsync()
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in new[] { (Short() + ".mbox", "From a@b.test Mon Jan  1 00:00:00 2024\nSubject: x\n\nx\n"), (Short() + ".mbox", "no message\n"), ($"{Short()}.eml", "") })
            {
                await using var entry = new StreamWriter(await zip.CreateEntry(name).OpenAsync());
                await entry.WriteAsync(text);
            }
        await Page.GotoAsync(mail.Origin + "/settings/data");
        await Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = $"{Short()}.zip", MimeType = "application/zip", Buffer = archive.ToArray() });
        await Page.Locator("form[data-import] button.primary").ClickAsync();
        await Page.GetByText("Last import").WaitForAsync();
        await HostileChecks.ShowsTextsAsync(Page, 2, "#import");
    }

    private static async Task<JsonNode> JsonAsync(IAPIResponse response)
    {
        var text = await response.TextAsync();
        Assert.True(response.Ok, text);
        return JsonNode.Parse(text)!;
    }

    private string Number() => (++number).ToString(CultureInfo.InvariantCulture);

    /// <summary>For fields of one line.</summary>
    private static string Line(string text) => string.Concat(text.Where(c => !char.IsControl(c) && c is not '\u2028' and not '\u2029'));

    private static string Word(string text) => $"=?utf-8?B?{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}?=";
}
