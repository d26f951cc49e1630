using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>Principals and what is told of shares (RFC 9670).</summary>
public sealed class SharingTests : IAsyncLifetime
{
    private JmapHarness jmap = null!;
    private AccountRecord bob = null!, team = null!;

    public async ValueTask InitializeAsync()
    {
        jmap = await JmapHarness.StartAsync();
        bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        team = (await jmap.Accounts.AddAccountAsync(new AccountDraft("team@example.com") { Kind = AccountKind.Shared, DisplayName = "Team" }, default)).Account;
        await jmap.Accounts.AddDomainAsync("example.org", default);
        await jmap.Accounts.AddAccountAsync("eve@example.org", "Eve", "correct horse battery", default);
    }

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private Task ShareAsync(ShareRights rights) => jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", rights, default).AsTask();

    private async Task<List<JsonElement>> PrincipalsAsync() => [.. (await jmap.CallAsync("Principal/get", "{}")).GetProperty("list").EnumerateArray()];

    private async Task<string[]> QueryAsync(string filter, string type = "Principal") =>
        [.. (await jmap.CallAsync($"{type}/query", $$"""{"filter": {{filter}}}""")).GetProperty("ids").EnumerateArray().Select(one => one.GetString()!)];

    private static string Id(AccountRecord account) => PrincipalType.IdOf(account.Id);

    [Fact]
    public async Task People_see_themselves_and_what_they_share_unless_the_domain_lets_them_see_more()
    {
        var me = Assert.Single(await PrincipalsAsync());
        Assert.Equal((Id(jmap.Ada), "individual", "Ada Lovelace", "ada@example.com"),
            (me.GetProperty("id").GetString(), me.GetProperty("type").GetString(), me.GetProperty("name").GetString(), me.GetProperty("email").GetString()));
        Assert.Equal([jmap.AccountId], me.GetProperty("accounts").Names());
        await ShareAsync(ShareRights.Read);
        var shared = Assert.Single(await PrincipalsAsync(), one => one.GetProperty("id").GetString() == Id(team));
        var account = shared.GetProperty("accounts").GetProperty(JmapIds.Of(team.Id));
        Assert.Equal(("group", false, true), (shared.GetProperty("type").GetString(), account.GetProperty("isPersonal").GetBoolean(), account.GetProperty("isReadOnly").GetBoolean()));

        await jmap.Accounts.AddGroupAsync("example.com/Sales", default);
        await jmap.Accounts.SetPeopleAsync("example.com", new PeopleSetting(Visible: true), default);
        var all = await PrincipalsAsync();
        Assert.Equal(["Ada Lovelace", "Bob", "Sales", "Team"], all.Select(one => one.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(all.Where(one => one.GetProperty("name").GetString() is "Bob" or "Sales"), one => Assert.Equal(JsonValueKind.Null, one.GetProperty("accounts").ValueKind));
        Assert.Equal([Id(bob)], await QueryAsync("""{"email": "BOB@"}"""));
        Assert.Equal([Id(bob)], await QueryAsync("""{"text": "bo"}"""));
        Assert.Equal([Id(team)], await QueryAsync($$"""{"accountIds": ["{{JmapIds.Of(team.Id)}}", "{{JmapIds.Of(bob.Id)}}"]}"""));
        Assert.Equal(2, (await QueryAsync("""{"type": "group"}""")).Length);
        Assert.Empty(await QueryAsync("""{"timeZone": "Europe/Paris"}"""));
        await jmap.CallAsync("Principal/query", """{"filter": {"password": "x"}}""", "unsupportedFilter");
        await jmap.Accounts.SetEnabledAsync("bob@example.com", false, default);
        Assert.Empty(await QueryAsync("""{"email": "bob@"}"""));
    }

    [Fact]
    public async Task Accounts_say_whose_they_are()
    {
        await ShareAsync(ShareRights.All);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(output)) await jmap.Processor.Sessions.WriteAsync(JmapHarness.UserOf(jmap.Ada), null, writer, default);
        var session = JsonDocument.Parse(output.WrittenMemory).RootElement;
        Assert.DoesNotContain(JmapCapabilities.PrincipalsOwner, session.GetProperty("capabilities").Names());
        Assert.DoesNotContain(JmapCapabilities.PrincipalsOwner, session.GetProperty("primaryAccounts").Names());
        Assert.Equal(jmap.AccountId, session.GetProperty("primaryAccounts").GetProperty(JmapCapabilities.Principals).GetString());
        foreach (var (account, hasPrincipals) in ((AccountRecord, bool)[])[(jmap.Ada, true), (team, false)])
        {
            var capabilities = session.GetProperty("accounts").GetProperty(JmapIds.Of(account.Id)).GetProperty("accountCapabilities");
            var owner = capabilities.GetProperty(JmapCapabilities.PrincipalsOwner);
            Assert.Equal((jmap.AccountId, Id(account)), (owner.GetProperty("accountIdForPrincipal").GetString(), owner.GetProperty("principalId").GetString()));
            Assert.Equal(hasPrincipals, capabilities.TryGetProperty(JmapCapabilities.Principals, out var principals));
            if (hasPrincipals) Assert.Equal(Id(jmap.Ada), principals.GetProperty("currentUserPrincipalId").GetString());
        }
        await jmap.CallAsync("Principal/get", "{}", "accountNotSupportedByMethod", account: JmapIds.Of(team.Id));
        // RFC 8620 §3.6.1: what is no capability of the server is not to be named.
        await jmap.Processor.RunAsync(JmapHarness.UserOf(jmap.Ada), """{"using": ["urn:ietf:params:jmap:core"], "methodCalls": []}"""u8.ToArray(), new System.Buffers.ArrayBufferWriter<byte>(), default);
        await Assert.ThrowsAsync<JmapRequestException>(async () => await jmap.Processor.RunAsync(
            JmapHarness.UserOf(jmap.Ada), """{"using": ["urn:ietf:params:jmap:principals:owner"], "methodCalls": []}"""u8.ToArray(), new System.Buffers.ArrayBufferWriter<byte>(), default));
    }

    [Fact]
    public async Task Principals_are_changed_by_nobody()
    {
        var answer = await jmap.CallAsync("Principal/set", $$$$"""{"create": {"k": {"name": "x"}}, "update": {"{{{{Id(jmap.Ada)}}}}": {"name": "y"}, "{{{{Id(bob)}}}}": {"name": "z"}}, "destroy": ["p999"]}""");
        Assert.Equal("forbidden", answer.GetProperty("notCreated").GetProperty("k").GetProperty("type").GetString());
        Assert.Equal("forbidden", answer.GetProperty("notUpdated").GetProperty(Id(jmap.Ada)).GetProperty("type").GetString());
        Assert.Equal("notFound", answer.GetProperty("notUpdated").GetProperty(Id(bob)).GetProperty("type").GetString());
        Assert.Equal("notFound", answer.GetProperty("notDestroyed").GetProperty("p999").GetProperty("type").GetString());
        var state = answer.GetProperty("newState").GetString();
        Assert.Empty((await jmap.CallAsync("Principal/changes", $$"""{"sinceState": "{{state}}"}""")).GetProperty("updated").EnumerateArray());
        await ShareAsync(ShareRights.Read);
        await jmap.CallAsync("Principal/changes", $$"""{"sinceState": "{{state}}"}""", "cannotCalculateChanges");
        await jmap.CallAsync("Principal/queryChanges", $$"""{"sinceQueryState": "{{state}}"}""", "cannotCalculateChanges");
    }

    /// <summary>RFC 8621 §2: isSubscribed is stored separately per user, false at first in shared accounts, true for what the user made.</summary>
    [Fact]
    public async Task Each_member_says_for_itself_which_mailboxes_it_wishes_to_see()
    {
        await ShareAsync(ShareRights.All);
        await jmap.Accounts.SetShareAsync("team@example.com", "bob@example.com", ShareRights.All, default);
        var shared = JmapIds.Of(team.Id);
        async Task<JsonElement> Call(string method, string arguments, AccountRecord by) => await jmap.CallAsync(method, arguments, by: by, account: shared);
        async Task<string> SeenAsync(AccountRecord by) =>
            string.Join(' ', (await Call("Mailbox/get", """{"ids": null, "properties": ["name", "isSubscribed"]}""", by)).GetProperty("list").EnumerateArray().Where(one => one.GetProperty("isSubscribed").GetBoolean()).Select(one => one.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(("", ""), (await SeenAsync(jmap.Ada), await SeenAsync(bob)));
        var inbox = (await Call("Mailbox/query", """{"filter": {"role": "inbox"}}""", bob)).GetProperty("ids")[0].GetString();
        var state = (await Call("Mailbox/get", """{"ids": []}""", bob)).GetProperty("state").GetString();
        var set = await Call("Mailbox/set", $$$$"""{"create": {"k": {"name": "Orders"}}, "update": {"{{{{inbox}}}}": {"isSubscribed": true}}}""", jmap.Ada);
        Assert.Equal("null", set.GetProperty("updated").GetProperty(inbox!).GetRawText());
        Assert.Equal(("Inbox Orders", ""), (await SeenAsync(jmap.Ada), await SeenAsync(bob)));
        Assert.Contains(inbox, (await Call("Mailbox/changes", $$"""{"sinceState": "{{state}}"}""", jmap.Ada)).GetProperty("updated").EnumerateArray().Select(one => one.GetString()));
        Assert.Empty((await Call("Mailbox/query", """{"filter": {"isSubscribed": true}}""", bob)).GetProperty("ids").EnumerateArray());
        Assert.Equal([inbox], (await Call("Mailbox/query", """{"filter": {"isSubscribed": true, "role": "inbox"}}""", jmap.Ada)).GetProperty("ids").EnumerateArray().Select(one => one.GetString()));
        // A change of something else leaves it, and what is gone is forgotten.
        var orders = set.GetProperty("created").GetProperty("k").GetProperty("id").GetString();
        await Call("Mailbox/set", $$$$"""{"update": {"{{{{orders}}}}": {"name": "Old orders"}}}""", bob);
        Assert.Equal(("Inbox Old orders", ""), (await SeenAsync(jmap.Ada), await SeenAsync(bob)));
        await Call("Mailbox/set", $$$$"""{"update": {"{{{{inbox}}}}": {"isSubscribed": false}}, "destroy": ["{{{{orders}}}}"]}""", jmap.Ada);
        Assert.Equal(("", ""), (await SeenAsync(jmap.Ada), await SeenAsync(bob)));
        // The own account is as IMAP has it.
        Assert.True((await jmap.CallAsync("Mailbox/get", """{"ids": null}""")).GetProperty("list")[0].GetProperty("isSubscribed").GetBoolean());
    }

    [Fact]
    public async Task A_member_is_told_of_its_rights_and_puts_that_away()
    {
        await ShareAsync(ShareRights.Read);
        await ShareAsync(ShareRights.Read); // no change
        var first = jmap.Time.GetUtcNow();
        jmap.Time.Advance(TimeSpan.FromDays(1));
        await ShareAsync(ShareRights.Read | ShareRights.Write);
        await ShareAsync(ShareRights.None);
        var told = (await jmap.CallAsync("ShareNotification/get", "{}")).GetProperty("list").EnumerateArray().ToList();
        Assert.Equal(3, told.Count);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Object), (told[0].GetProperty("oldRights").ValueKind, told[0].GetProperty("newRights").ValueKind));
        Assert.Equal((false, true), (told[1].GetProperty("oldRights").GetProperty("mayAddItems").GetBoolean(), told[1].GetProperty("newRights").GetProperty("mayAddItems").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, told[2].GetProperty("newRights").ValueKind);
        Assert.Equal(("Mailbox", JmapIds.Of(team.Id), "team@example.com"), (told[0].GetProperty("objectType").GetString(), told[0].GetProperty("objectAccountId").GetString(), told[0].GetProperty("name").GetString()));
        Assert.Equal(JmapIds.Of((await jmap.Store.FindMailboxAsync(team.Id, "INBOX", default))!.Id), told[0].GetProperty("objectId").GetString());
        Assert.Empty((await jmap.CallAsync("ShareNotification/get", "{}", by: bob, account: JmapIds.Of(bob.Id))).GetProperty("list").EnumerateArray());

        var ids = told.ConvertAll(one => one.GetProperty("id").GetString()!);
        Assert.Equal(ids, await QueryAsync("null", "ShareNotification"));
        Assert.Equal(ids[..1], await QueryAsync($$"""{"before": "{{first.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}""", "ShareNotification"));
        Assert.Equal(ids[1..], await QueryAsync($$"""{"after": "{{first.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}", "objectType": "Mailbox", "objectAccountId": "{{JmapIds.Of(team.Id)}}"}""", "ShareNotification"));
        var answer = await jmap.CallAsync("ShareNotification/set", $$$$"""{"create": {"k": {}}, "update": {"{{{{ids[1]}}}}": {"name": "x"}}, "destroy": ["{{{{ids[0]}}}}", "n999"]}""");
        Assert.Equal([ids[0]], answer.GetProperty("destroyed").Strings());
        Assert.Equal(("forbidden", "forbidden", "notFound"), (Type(answer, "notCreated", "k"), Type(answer, "notUpdated", ids[1]), Type(answer, "notDestroyed", "n999")));
        Assert.Equal(ids[1..], await QueryAsync("null", "ShareNotification"));

        // Many: the oldest go.
        for (var i = 0; i <= DirectoryStore.MaxShareNotices; i++) await ShareAsync(i % 2 == 0 ? ShareRights.Read : ShareRights.All);
        Assert.Equal(DirectoryStore.MaxShareNotices, (await QueryAsync("null", "ShareNotification")).Length);
        // The account goes: that is told, too.
        await jmap.Accounts.RemoveAccountAsync("team@example.com", default);
        var last = (await jmap.CallAsync("ShareNotification/get", "{}")).GetProperty("list").EnumerateArray().Last();
        Assert.Equal((JsonValueKind.Null, "m0"), (last.GetProperty("newRights").ValueKind, last.GetProperty("objectId").GetString()));

        static string? Type(JsonElement set, string list, string id) => set.GetProperty(list).GetProperty(id).GetProperty("type").GetString();
    }

    [Fact]
    public async Task Who_listens_hears_of_a_share()
    {
        await using var web = await WebFixture.CreateAsync();
        await web.Services.Accounts.AddAccountAsync(new AccountDraft("equipe@demo.test") { Kind = AccountKind.Shared }, default);
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), "?types=ShareNotification,Principal&closeafter=no&ping=0");
        await events.NextAsync();
        await web.Services.Accounts.SetShareAsync("equipe@demo.test", "moi@demo.test", ShareRights.Read, default);
        var types = new HashSet<string>();
        while (types.Count < 2)
        {
            foreach (var account in (await events.NextStateAsync()).Json.GetProperty("changed").EnumerateObject())
            {
                Assert.Equal(JmapIds.Of(web.Moi.Id), account.Name);
                types.UnionWith(account.Value.Names());
            }
            web.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
