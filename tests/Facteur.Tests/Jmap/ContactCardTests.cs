using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Address books: RFC 9610 over RFC 9553.</summary>
public sealed class ContactCardTests : IAsyncLifetime
{
    private const string Elodie = """{"@type":"Card","version":"1.0","uid":"u-elodie","addressBookIds":{"b1":true},"name":{"components":[{"kind":"given","value":"Élodie"},{"kind":"surname","value":"Martin"}]},"emails":{"e1":{"address":"elodie@far.test","pref":2},"e2":{"address":"em@far.test","pref":1}},"example.com:color":{"deep":["blue",1,null]}}""";

    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private Task<JsonElement> SetAsync(string arguments, AccountRecord? by = null, string? account = null) => jmap.CallAsync("ContactCard/set", arguments, by: by, account: account);

    private async Task<string> AddAsync(string card = Elodie)
    {
        var answer = await SetAsync($$$"""{"create": {"k": {{{card}}}}}""");
        return answer.GetProperty("created").ValueKind == JsonValueKind.Object ? answer.GetProperty("created").GetProperty("k").GetProperty("id").GetString()! : throw new InvalidOperationException(answer.ToString());
    }

    private async Task<JsonElement> RefusedAsync(string card) => (await SetAsync($$$"""{"create": {"k": {{{card}}}}}""")).GetProperty("notCreated").GetProperty("k");

    private async Task<JsonElement> GetAsync(string id) => Assert.Single((await jmap.CallAsync("ContactCard/get", $$"""{"ids": ["{{id}}"]}""")).GetProperty("list").EnumerateArray());

    private async Task<string> StateAsync() => (await jmap.CallAsync("ContactCard/get", """{"ids": []}""")).GetProperty("state").GetString()!;

    private async Task<IEnumerable<string?>> QueryAsync(string arguments) => (await jmap.CallAsync("ContactCard/query", arguments)).GetProperty("ids").Strings();

    [Fact]
    public async Task There_is_one_address_book_and_it_stays()
    {
        var book = Assert.Single((await jmap.CallAsync("AddressBook/get", """{"ids": null}""")).GetProperty("list").EnumerateArray());
        Assert.Equal(("b1", true, false), (book.GetProperty("id").GetString(), book.GetProperty("isDefault").GetBoolean(), book.GetProperty("myRights").GetProperty("mayDelete").GetBoolean()));
        var answer = await jmap.CallAsync("AddressBook/set", """{"create": {"k": {"name": "Other"}}, "update": {"b1": {"name": "Mine"}}, "destroy": ["b1", "b2"], "onDestroyRemoveContents": true}""");
        Assert.Equal("forbidden", answer.GetProperty("notCreated").GetProperty("k").GetProperty("type").GetString());
        Assert.Equal("willDestroy", answer.GetProperty("notUpdated").GetProperty("b1").GetProperty("type").GetString());
        Assert.Equal("forbidden", answer.GetProperty("notDestroyed").GetProperty("b1").GetProperty("type").GetString());
        Assert.Equal("notFound", answer.GetProperty("notDestroyed").GetProperty("b2").GetProperty("type").GetString());
        answer = await jmap.CallAsync("AddressBook/set", """{"update": {"b1": {"name": "Mine"}}}""");
        Assert.Equal(["name"], answer.GetProperty("notUpdated").GetProperty("b1").GetProperty("properties").Strings());
    }

    [Fact]
    public async Task A_card_is_kept_with_all_that_nothing_here_knows()
    {
        var card = await GetAsync(await AddAsync());
        using var sent = JsonDocument.Parse(Elodie);
        foreach (var property in sent.RootElement.EnumerateObject()) Assert.True(JsonElement.DeepEquals(property.Value, card.GetProperty(property.Name)), property.Name);
        Assert.NotEmpty(card.GetProperty("created").GetString()!);
        var some = Assert.Single((await jmap.CallAsync("ContactCard/get", """{"ids": null, "properties": ["emails", "example.com:color"]}""")).GetProperty("list").EnumerateArray());
        Assert.Equal(["id", "emails", "example.com:color"], some.EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task What_a_card_needs_and_was_not_sent_is_added_and_told()
    {
        var created = (await SetAsync("""{"create": {"k": {"addressBookIds": {"b1": true}, "name": {"full": "Bob"}}}}""")).GetProperty("created").GetProperty("k");
        Assert.Equal(["id", "@type", "version", "uid", "created", "updated"], created.EnumerateObject().Select(one => one.Name));
        Assert.StartsWith("urn:uuid:", created.GetProperty("uid").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"addressBookIds":{"b1":true},"@type":"Group"}""", "@type")]
    [InlineData("""{"addressBookIds":{"b1":true},"version":"9"}""", "version")]
    [InlineData("""{"addressBookIds":{"b1":true},"uid":""}""", "uid")]
    [InlineData("""{"addressBookIds":{"b1":true},"name":"Ada"}""", "name")]
    [InlineData("""{"addressBookIds":{"b1":true},"name":{"components":[{"kind":"given"}]}}""", "name")]
    [InlineData("""{"addressBookIds":{"b1":true},"emails":{"e":{"address":"a b"}}}""", "emails")]
    [InlineData("""{"addressBookIds":{"b1":true},"emails":[]}""", "emails")]
    [InlineData("""{"addressBookIds":{"b1":true},"phones":"1"}""", "phones")]
    [InlineData("""{"addressBookIds":{"b1":true},"media":{"m":{"kind":"photo","blobId":"u1"}}}""", "media")]
    [InlineData("""{"addressBookIds":{"b2":true}}""", "addressBookIds")]
    [InlineData("""{"addressBookIds":{}}""", "addressBookIds")]
    [InlineData("""{"name":{"full":"x"}}""", "addressBookIds")]
    [InlineData("""{"addressBookIds":{"b1":true},"id":"c7"}""", "id")]
    public async Task What_is_no_card_is_refused(string card, string property)
    {
        var error = await RefusedAsync(card);
        Assert.Equal(("invalidProperties", property), (error.GetProperty("type").GetString(), Assert.Single(error.GetProperty("properties").Strings())));
    }

    [Fact]
    public async Task A_card_too_long_and_a_uid_twice_are_refused()
    {
        var id = await AddAsync();
        var twice = await RefusedAsync(Elodie);
        Assert.Equal(("alreadyExists", id), (twice.GetProperty("type").GetString(), twice.GetProperty("existingId").GetString()));
        Assert.Equal("tooLarge", (await RefusedAsync($$"""{"addressBookIds":{"b1":true},"notes":{"n":{"note":"{{new string('x', 70_000)}}"} } }""")).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_patch_changes_what_it_names()
    {
        var id = await AddAsync();
        var before = await GetAsync(id);
        jmap.Time.Advance(TimeSpan.FromHours(1));
        var answer = await SetAsync($$$$"""{"update": {"{{{{id}}}}": {"emails/e1/address": "new@far.test", "emails/e2": null, "nicknames": {"n": {"name": "Lo"} } } } }""");
        var after = await GetAsync(id);
        Assert.Equal(after.GetProperty("updated").GetString(), answer.GetProperty("updated").GetProperty(id).GetProperty("updated").GetString());
        Assert.NotEqual(before.GetProperty("updated").GetString(), after.GetProperty("updated").GetString());
        Assert.Equal("""{"e1":{"address":"new@far.test","pref":2}}""", after.GetProperty("emails").GetRawText());
        Assert.Equal(before.GetProperty("example.com:color").GetRawText(), after.GetProperty("example.com:color").GetRawText());
        foreach (var (patch, property) in new[] { ("\"uid\":\"x\"", "uid"), ("\"id\":\"c9\"", "id"), ("\"addressBookIds/b1\":null", "addressBookIds"), ("\"name\":3", "name") })
            Assert.Equal([property], (await SetAsync($$$$"""{"update": {"{{{{id}}}}": { {{{{patch}}}} }}}""")).GetProperty("notUpdated").GetProperty(id).GetProperty("properties").Strings());
        Assert.Equal(after.GetRawText(), (await GetAsync(id)).GetRawText());
    }

    [Fact]
    public async Task Changes_are_told_in_parts_of_any_size()
    {
        var first = await AddAsync();
        var state = await StateAsync();
        var second = await AddAsync("""{"addressBookIds":{"b1":true},"name":{"full":"Bob"}}""");
        await SetAsync($$$$"""{"update": {"{{{{first}}}}": {"nicknames": {"n": {"name": "Lo"} } } } }""");
        var gone = await AddAsync("""{"addressBookIds":{"b1":true},"name":{"full":"Gone"}}""");
        await SetAsync($$"""{"destroy": ["{{gone}}"]}""");
        var told = new List<string>();
        for (var since = state; ;)
        {
            var answer = await jmap.CallAsync("ContactCard/changes", $$"""{"sinceState": "{{since}}", "maxChanges": 1}""");
            foreach (var kind in new[] { "created", "updated", "destroyed" }) told.AddRange(answer.GetProperty(kind).Strings().Select(id => $"{kind} {id}"));
            since = answer.GetProperty("newState").GetString()!;
            if (!answer.GetProperty("hasMoreChanges").GetBoolean()) break;
        }
        Assert.Equal([$"created {second}", $"updated {first}", $"destroyed {gone}"], told);
        Assert.Equal(await StateAsync(), (await jmap.CallAsync("ContactCard/changes", $$"""{"sinceState": "{{state}}"}""")).GetProperty("newState").GetString());
        await jmap.CallAsync("ContactCard/changes", """{"sinceState": "999"}""", error: "cannotCalculateChanges");
    }

    [Fact]
    public async Task Cards_are_found_and_sorted()
    {
        var elodie = await AddAsync();
        jmap.Time.Advance(TimeSpan.FromHours(1));
        var zed = await AddAsync("""{"addressBookIds":{"b1":true},"name":{"full":"Zed Adams","components":[{"kind":"given","value":"Zed"},{"kind":"surname","value":"Adams"}]},"organizations":{"o":{"name":"Société Générale"}},"phones":{"p":{"number":"+33 1 23"}},"notes":{"n":{"note":"met in Lyon"}}}""");
        var team = await AddAsync("""{"addressBookIds":{"b1":true},"kind":"group","name":{"full":"Team"},"members":{"u-elodie":true}}""");
        foreach (var (filter, found) in new (string, string[])[]
        {
            ("""{"name":"ELODIE martin"}""", [elodie]), ("""{"name/given":"zed"}""", [zed]), ("""{"name/surname":"zed"}""", []), ("""{"email":"em@far"}""", [elodie]), ("""{"organization":"societe"}""", [zed]),
            ("""{"phone":"33"}""", [zed]), ("""{"note":"lyon met"}""", [zed]), ("""{"text":"lyon generale"}""", [zed]), ("""{"uid":"u-elodie"}""", [elodie]), ("""{"kind":"group"}""", [team]), ("""{"hasMember":"u-elodie"}""", [team]),
            ("""{"inAddressBook":"b1","kind":"individual"}""", [elodie, zed]), ("""{"inAddressBook":"b2"}""", []), ("""{"operator":"NOT","conditions":[{"kind":"group"},{"text":"zed"}]}""", [elodie]),
        })
            Assert.Equal(found, await QueryAsync($$"""{"filter": {{filter}}}"""));
        // Who has no surname stands first.
        Assert.Equal([team, zed, elodie], await QueryAsync("""{"sort": [{"property": "name/surname"}]}"""));
        Assert.Equal(elodie, (await QueryAsync("""{"sort": [{"property": "created"}]}""")).First());
        Assert.Equal(elodie, (await QueryAsync("""{"sort": [{"property": "updated", "isAscending": false}]}""")).Last());
        Assert.Equal([zed], await QueryAsync("""{"position": 1, "limit": 1}"""));
        await jmap.CallAsync("ContactCard/query", """{"filter": {"shoeSize": "42"}}""", error: "unsupportedFilter");
        await jmap.CallAsync("ContactCard/query", """{"sort": [{"property": "shoeSize"}]}""", error: "unsupportedSort");
    }

    [Fact]
    public async Task What_became_of_a_query_is_told()
    {
        var elodie = await AddAsync();
        var state = (await jmap.CallAsync("ContactCard/query", """{"filter": {"name": "martin"}}""")).GetProperty("queryState").GetString();
        var other = await AddAsync("""{"addressBookIds":{"b1":true},"name":{"full":"Zoé Martin"}}""");
        await SetAsync($$$$"""{"update": {"{{{{elodie}}}}": {"name": {"full": "Élodie Durand"} } } }""");
        var answer = await jmap.CallAsync("ContactCard/queryChanges", $$"""{"filter": {"name": "martin"}, "sinceQueryState": "{{state}}", "calculateTotal": true}""");
        Assert.Equal([elodie], answer.GetProperty("removed").Strings());
        Assert.Equal((other, 0, 1), (answer.GetProperty("added")[0].GetProperty("id").GetString(), answer.GetProperty("added")[0].GetProperty("index").GetInt32(), answer.GetProperty("total").GetInt32()));
    }

    [Fact]
    [Trait("Promise", "S-22")]
    public async Task Cards_are_their_owners_alone()
    {
        var id = await AddAsync();
        var (bob, team) = await jmap.AddOthersAsync();
        foreach (var method in new[] { "AddressBook/get", "ContactCard/get", "ContactCard/query", "ContactCard/set" })
            await jmap.CallAsync(method, "{}", error: "accountNotFound", by: bob);
        // By the id, in an account of one's own: there is no such card.
        var mine = JmapIds.Of(bob.Id);
        Assert.Equal([id], (await jmap.CallAsync("ContactCard/get", $$"""{"ids": ["{{id}}"]}""", by: bob, account: mine)).GetProperty("notFound").Strings());
        var answer = await SetAsync($$$$"""{"update": {"{{{{id}}}}": {"nicknames": null}}, "destroy": ["{{{{id}}}}1", "{{{{id}}}}"]}""", bob, mine);
        Assert.All(answer.GetProperty("notDestroyed").EnumerateObject(), one => Assert.Equal("notFound", one.Value.GetProperty("type").GetString()));
        Assert.Empty((await jmap.CallAsync("ContactCard/query", "{}", by: bob, account: mine)).GetProperty("ids").EnumerateArray());
        Assert.Equal("[]", (await jmap.CallAsync("ContactCard/changes", """{"sinceState": "0"}""", by: bob, account: mine)).GetProperty("created").GetRawText());
        // A shared account has an address book for nobody.
        await jmap.CallAsync("ContactCard/get", """{"ids": null}""", error: "accountNotSupportedByMethod", account: JmapIds.Of(team.Id));
        Assert.Equal("u-elodie", (await GetAsync(id)).GetProperty("uid").GetString());
    }

    /// <summary>A user sees one address book: RFC 8620 §5.4 and §3.6.2 have an error for each way of asking for another.</summary>
    [Fact]
    public async Task Cards_are_copied_from_nowhere_and_to_nowhere()
    {
        var id = await AddAsync();
        var (bob, team) = await jmap.AddOthersAsync();
        var (mine, shared) = (JmapIds.Of(jmap.Ada.Id), JmapIds.Of(team.Id));
        string From(string account) => $$$"""{"fromAccountId": "{{{account}}}", "create": {"k": {"id": "{{{id}}}"}}, "onSuccessDestroyOriginal": true}""";
        await jmap.CallAsync("ContactCard/copy", From(shared), error: "fromAccountNotSupportedByMethod");
        await jmap.CallAsync("ContactCard/copy", From(mine), error: "accountNotSupportedByMethod", account: shared);
        await jmap.CallAsync("ContactCard/copy", From(JmapIds.Of(bob.Id)), error: "fromAccountNotFound");
        await jmap.CallAsync("ContactCard/copy", From(mine), error: "invalidArguments");
        await jmap.CallAsync("ContactCard/copy", "{}", error: "invalidArguments");
        Assert.Equal("u-elodie", (await GetAsync(id)).GetProperty("uid").GetString());
    }
}
