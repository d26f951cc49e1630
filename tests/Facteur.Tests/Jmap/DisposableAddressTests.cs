using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Recipients;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>Addresses to give away: docs/jmap.md, https://facteur.email/jmap/addresses.</summary>
public sealed class DisposableAddressTests : IAsyncLifetime
{
    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private async Task<JsonElement> AddAsync(string value = """{"label": "shop"}""") =>
        (await jmap.CallAsync("DisposableAddress/set", $$$"""{"create": {"k": {{{value}}}}}""")).GetProperty("created").GetProperty("k");

    private async Task<JsonElement> GetAsync(JsonElement created) =>
        Assert.Single((await jmap.CallAsync("DisposableAddress/get", $$"""{"ids": ["{{Id(created)}}"]}""")).GetProperty("list").EnumerateArray());

    private static string Id(JsonElement one) => one.GetProperty("id").GetString()!;

    private async Task<RecipientKind> KindAsync(JsonElement one)
    {
        Assert.True(EmailAddress.TryParse(one.GetProperty("email").GetString()!, out var address));
        return (await new RecipientDirectory(jmap.Store.Directory).FindAsync(address.LocalPart, address.Domain, default)).Kind;
    }

    [Fact]
    public async Task An_address_is_made_up_labelled_switched_off_and_taken_away()
    {
        var made = await AddAsync();
        Assert.EndsWith("@example.com", made.GetProperty("email").GetString(), StringComparison.Ordinal);
        Assert.Equal(RecipientKind.Local, await KindAsync(made));
        var one = await GetAsync(made);
        Assert.Equal(("shop", true, 0, JsonValueKind.Null), (one.GetProperty("label").GetString(), one.GetProperty("isEnabled").GetBoolean(), one.GetProperty("messageCount").GetInt32(), one.GetProperty("lastUsedAt").ValueKind));
        await jmap.CallAsync("DisposableAddress/set", $$$$"""{"update": {"{{{{Id(made)}}}}": {"label": "le magasin", "isEnabled": false}}}""");
        one = await GetAsync(made);
        Assert.Equal(("le magasin", false), (one.GetProperty("label").GetString(), one.GetProperty("isEnabled").GetBoolean()));
        Assert.Equal(RecipientKind.SwitchedOff, await KindAsync(made));
        // Back on: the address is the same for ever.
        await jmap.CallAsync("DisposableAddress/set", $$$$"""{"update": {"{{{{Id(made)}}}}": {"isEnabled": true}}}""");
        Assert.Equal(RecipientKind.Local, await KindAsync(made));
        var answer = await jmap.CallAsync("DisposableAddress/set", $$"""{"destroy": ["{{Id(made)}}"]}""");
        Assert.Equal([Id(made)], answer.GetProperty("destroyed").Strings());
        Assert.Equal(RecipientKind.UnknownUser, await KindAsync(made));
        Assert.False((await AddAsync("""{"isEnabled": false}""")).TryGetProperty("isEnabled", out _));
    }

    [Fact]
    public async Task What_came_to_it_is_counted()
    {
        var made = await AddAsync();
        var state = (await jmap.CallAsync("DisposableAddress/get", "{}")).GetProperty("state").GetString();
        var record = (await jmap.Store.Directory.FindAddressAsync(made.GetProperty("email").GetString()!, default))!;
        var counts = new DisposableCounts(jmap.Store.State, jmap.Time);
        await counts.CountAsync([record], default);
        jmap.Time.Advance(TimeSpan.FromDays(1));
        await counts.CountAsync([record], default);
        var one = await GetAsync(made);
        Assert.Equal((2, "2026-03-15T09:26:53Z"), (one.GetProperty("messageCount").GetInt32(), one.GetProperty("lastUsedAt").GetString()));
        await jmap.CallAsync("DisposableAddress/changes", $$"""{"sinceState": "{{state}}"}""", "cannotCalculateChanges");
        // With the address goes what was counted of it.
        await jmap.CallAsync("DisposableAddress/set", $$"""{"destroy": ["{{Id(made)}}"]}""");
        Assert.Null(await jmap.Store.State.GetAsync(AccountService.DisposableSpace(jmap.Ada.Id), record.Address, default));
    }

    [Theory]
    [InlineData("""{"email": "boss@example.com"}""", "email")]
    [InlineData("""{"label": "a\nb"}""", "label")]
    [InlineData("""{"label": 1}""", "label")]
    [InlineData("""{"messageCount": 0}""", "messageCount")]
    public async Task What_cannot_be_set_is_refused(string value, string property)
    {
        var answer = await jmap.CallAsync("DisposableAddress/set", $$$"""{"create": {"k": {{{value}}}}}""");
        Assert.Equal([property], answer.GetProperty("notCreated").GetProperty("k").GetProperty("properties").Strings());
        var made = await AddAsync();
        answer = await jmap.CallAsync("DisposableAddress/set", $$$"""{"update": {"{{{Id(made)}}}": {{{value.Replace("0", "7", StringComparison.Ordinal)}}}}}""");
        Assert.Equal([property], answer.GetProperty("notUpdated").GetProperty(Id(made)).GetProperty("properties").Strings());
    }

    [Fact]
    public async Task No_other_address_is_reached_and_there_are_not_more_than_allowed()
    {
        await jmap.Accounts.AddAddressAsync("ada@example.com", "countess@example.com", null, default);
        foreach (var address in (string[])["ada@example.com", "countess@example.com"])
        {
            var id = DisposableAddressType.IdOf((await jmap.Store.Directory.FindAddressAsync(address, default))!);
            var answer = await jmap.CallAsync("DisposableAddress/set", $$"""{"destroy": ["{{id}}"]}""");
            Assert.Equal("notFound", answer.GetProperty("notDestroyed").GetProperty(id).GetProperty("type").GetString());
        }
        var many = string.Join(',', Enumerable.Range(0, AccountService.MaxDisposable + 1).Select(i => $$"""
            "k{{i}}": {}
            """));
        var made = await jmap.CallAsync("DisposableAddress/set", $$$"""{"create": { {{{many}}} }}""");
        Assert.Equal(AccountService.MaxDisposable, made.GetProperty("created").EnumerateObject().Count());
        Assert.Equal("overQuota", Assert.Single(made.GetProperty("notCreated").EnumerateObject()).Value.GetProperty("type").GetString());
    }
}
