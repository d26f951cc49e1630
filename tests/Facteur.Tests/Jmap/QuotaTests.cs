using System.Text.Json;
using Facteur.Jmap;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>Quota/get, /changes, /query and /queryChanges (RFC 9425), and how they are pushed.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private async Task LimitAsync(long? octets) => await jmap.Accounts.SetQuotaAsync("ada@example.com", octets, default);

    private static IEnumerable<string?> Ids(JsonElement answer, string name) => answer.GetProperty(name).EnumerateArray().Select(one => one.GetString());

    [Fact]
    public async Task An_account_with_a_limit_has_one_quota_and_one_without_has_none()
    {
        Assert.Equal(0, (await jmap.CallAsync("Quota/get", "{}")).GetProperty("list").GetArrayLength());
        await LimitAsync(100_000);
        await jmap.DeliverAsync("Subject: room\n\nIt takes some.\n");
        var quota = Assert.Single((await jmap.CallAsync("Quota/get", "{}")).GetProperty("list").EnumerateArray());
        var used = (await jmap.Store.GetQuotaAsync(jmap.Ada.Id, default)).UsedOctets;
        Assert.True(used > 0);
        Assert.Equal((used, 100_000), (quota.GetProperty("used").GetInt64(), quota.GetProperty("hardLimit").GetInt64()));
        Assert.Equal(("octets", "account", "ada@example.com"), (quota.GetProperty("resourceType").GetString(), quota.GetProperty("scope").GetString(), quota.GetProperty("name").GetString()));
        Assert.Equal(["Mail"], Ids(quota, "types"));
        foreach (var none in (string[])["warnLimit", "softLimit", "description"]) Assert.Equal(JsonValueKind.Null, quota.GetProperty(none).ValueKind);
        // The example of RFC 9425 §5.1 asks for part of it.
        var part = await jmap.CallAsync("Quota/get", $$"""{"ids": ["{{quota.GetProperty("id").GetString()}}", "q2"], "properties": ["used", "hardLimit"]}""");
        Assert.Equal(["id", "used", "hardLimit"], Assert.Single(part.GetProperty("list").EnumerateArray()).EnumerateObject().Select(one => one.Name));
        Assert.Equal(["q2"], Ids(part, "notFound"));
    }

    [Fact]
    public async Task Changes_say_when_only_what_is_used_has_changed()
    {
        var none = (await jmap.CallAsync("Quota/get", "{}")).GetProperty("state").GetString();
        await LimitAsync(100_000);
        var made = await ChangesAsync(none);
        Assert.Equal(["q1"], Ids(made, "created"));
        var before = made.GetProperty("newState").GetString();
        Assert.Equal(before, (await jmap.CallAsync("Quota/get", "{}")).GetProperty("state").GetString());
        await jmap.DeliverAsync("Subject: room\n\nIt takes some.\n");
        var used = await ChangesAsync(before);
        Assert.Equal(["q1"], Ids(used, "updated"));
        Assert.Equal(["used"], Ids(used, "updatedProperties"));
        await LimitAsync(200_000);
        var limited = await ChangesAsync(used.GetProperty("newState").GetString());
        Assert.Equal(["q1"], Ids(limited, "updated"));
        Assert.Equal(JsonValueKind.Null, limited.GetProperty("updatedProperties").ValueKind);
        await LimitAsync(null);
        Assert.Equal(["q1"], Ids(await ChangesAsync(limited.GetProperty("newState").GetString()), "destroyed"));
        foreach (var odd in (string[])["", "1", "1-", "01-2", "-1-2", "none ", "1-2-3"])
            await jmap.CallAsync("Quota/changes", $$"""{"sinceState": "{{odd}}"}""", "cannotCalculateChanges");
        async Task<JsonElement> ChangesAsync(string? since) => await jmap.CallAsync("Quota/changes", $$"""{"sinceState": "{{since}}"}""");
    }

    [Fact]
    public async Task Quotas_are_found_by_all_that_the_RFC_lets_ask()
    {
        await LimitAsync(100_000);
        foreach (var (filter, found) in ((string, bool)[])
            [
                ("null", true), ("""{"name":"ADA@"}""", true), ("""{"name":"bob"}""", false), ("""{"scope":"account"}""", true), ("""{"scope":"domain"}""", false),
                ("""{"resourceType":"octets"}""", true), ("""{"resourceType":"count"}""", false), ("""{"type":"Mail"}""", true), ("""{"type":"Calendar"}""", false),
                ("""{"operator":"NOT","conditions":[{"type":"Mail"}]}""", false), ("""{"scope":"account","type":"Mail"}""", true),
            ])
        {
            var answer = await jmap.CallAsync("Quota/query", $$"""{"filter": {{filter}}, "sort": [{"property": "name"}, {"property": "used", "isAscending": false}], "calculateTotal": true}""");
            Assert.Equal(found ? ["q1"] : [], Ids(answer, "ids"));
            Assert.Equal(found ? 1 : 0, answer.GetProperty("total").GetInt32());
        }
        await jmap.CallAsync("Quota/query", """{"filter": {"used": "1"}}""", "unsupportedFilter");
        await jmap.CallAsync("Quota/query", """{"sort": [{"property": "hardLimit"}]}""", "unsupportedSort");
    }

    [Fact]
    public async Task Query_changes_equal_a_fresh_query()
    {
        var since = (await jmap.CallAsync("Quota/query", "{}")).GetProperty("queryState").GetString();
        foreach (var limit in (long?[])[1_000, 2_000, null])
        {
            await LimitAsync(limit);
            var change = await jmap.CallAsync("Quota/queryChanges", $$"""{"sinceQueryState": "{{since}}", "calculateTotal": true}""");
            Assert.Equal(["q1"], Ids(change, "removed"));
            Assert.Equal(limit is null ? 0 : 1, change.GetProperty("added").GetArrayLength());
            Assert.Equal(limit is null ? 0 : 1, change.GetProperty("total").GetInt32());
            since = change.GetProperty("newQueryState").GetString();
            Assert.Equal(since, (await jmap.CallAsync("Quota/query", "{}")).GetProperty("queryState").GetString());
        }
        await jmap.CallAsync("Quota/queryChanges", """{"sinceQueryState": "x"}""", "cannotCalculateChanges");
    }

    [Theory]
    [InlineData("1000-100000", "1999-100000", false)]
    [InlineData("1000-100000", "2000-100000", true)]
    [InlineData("1000-100000", "1000-200000", true)]
    [InlineData("none", "0-5", true)]
    [InlineData("9223372036854775807-9223372036854775807", "0-9223372036854775807", true)]
    public void Small_changes_are_not_told_at_once(string before, string now, bool isTold) => Assert.Equal(isTold, QuotaState.IsWorthTelling(before, now));

    [Fact]
    public async Task Who_listens_hears_of_a_new_limit_and_not_of_each_message()
    {
        await using var web = await WebFixture.CreateAsync();
        await web.Services.Accounts.SetQuotaAsync("moi@demo.test", 1_000_000_000, default);
        var program = JmapHttp.With(web);
        using var events = await EventReader.OpenAsync(program, "?types=Quota,EmailDelivery&closeafter=no&ping=0");
        await events.NextAsync();
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!.Id;
        for (var i = 0; i < 2; i++)
        {
            await using var intake = web.Store.BeginMessage(null);
            await intake.WriteAsync("Subject: small\r\n\r\nVery.\r\n"u8.ToArray(), default);
            await intake.CompleteAsync(default);
            await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new Facteur.Storage.DeliveryTarget(inbox, Facteur.Storage.FlagSet.Empty, web.Clock.GetUtcNow())])], default);
            Assert.Equal(["EmailDelivery"], Types((await events.NextStateAsync()).Json));
            web.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await web.Services.Accounts.SetQuotaAsync("moi@demo.test", 2_000_000_000, default);
        Assert.Equal(["Quota"], Types((await events.NextStateAsync()).Json));

        static IEnumerable<string> Types(JsonElement json) => Assert.Single(json.GetProperty("changed").EnumerateObject()).Value.EnumerateObject().Select(one => one.Name);
    }
}
