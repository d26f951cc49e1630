using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Names and addresses that an account writes under (RFC 8621 §6).</summary>
public sealed class IdentityTests
{
    private static string State(JsonElement answer) => answer.GetProperty("state").GetString()!;

    [Fact]
    public async Task An_account_has_the_identity_of_its_name_which_stays()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var answer = await jmap.CallAsync("Identity/get", "{}");
        Assert.Equal(
            """{"id":"i0","name":"Ada Lovelace","email":"ada@example.com","replyTo":null,"bcc":null,"textSignature":"","htmlSignature":"","mayDelete":false}""",
            Assert.Single(answer.GetProperty("list").EnumerateArray()).GetRawText());
        var refused = await jmap.CallAsync("Identity/set", """{"destroy": ["i0"]}""");
        Assert.Equal("forbidden", refused.GetProperty("notDestroyed").GetProperty("i0").GetProperty("type").GetString());
        Assert.Equal(State(answer), refused.GetProperty("newState").GetString());
    }

    // The two identities of RFC 8621 §6.4.
    [Fact]
    public async Task The_example_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Accounts.AddAccountAsync("joe@example.com", "Joe Bloggs", "correct horse battery", default);
        var joe = await jmap.Accounts.GetAccountAsync("joe@example.com", default);
        await jmap.Accounts.AddAliasAsync("@example.com", ["joe@example.com"], null, default);
        var account = Facteur.Jmap.JmapIds.Of(joe.Id);
        var before = await jmap.CallAsync("Identity/get", "{}", by: joe, account: account);
        var set = await jmap.CallAsync("Identity/set", """
            {
              "update": {"i0": {
                "bcc": [{"name": null, "email": "joe+archive@example.com"}],
                "textSignature": "-- \nJoe Bloggs\nMaster of Email",
                "htmlSignature": "<div><b>Joe Bloggs</b></div><div>Master of Email</div>"
              }},
              "create": {"k1": {"name": "Joe B", "email": "*@example.com"}}
            }
            """, by: joe, account: account);
        Assert.Equal(JsonValueKind.Null, set.GetProperty("notUpdated").ValueKind);
        Assert.Equal(State(before), set.GetProperty("oldState").GetString());
        Assert.Equal("""{"id":"i1","textSignature":"","htmlSignature":"","mayDelete":true}""", set.GetProperty("created").GetProperty("k1").GetRawText());
        var after = await jmap.CallAsync("Identity/get", """{"ids": null}""", by: joe, account: account);
        Assert.Equal(set.GetProperty("newState").GetString(), State(after));
        Assert.Equal(["""
            {"id":"i0","name":"Joe Bloggs","email":"joe@example.com","replyTo":null,"bcc":[{"name":null,"email":"joe+archive@example.com"}],"textSignature":"-- \nJoe Bloggs\nMaster of Email","htmlSignature":"<div><b>Joe Bloggs</b></div><div>Master of Email</div>","mayDelete":false}
            """, """
            {"id":"i1","name":"Joe B","email":"*@example.com","replyTo":null,"bcc":null,"textSignature":"","htmlSignature":"","mayDelete":true}
            """], after.GetProperty("list").EnumerateArray().Select(one => one.GetRawText()));
    }

    [Fact]
    public async Task Only_addresses_that_the_account_may_send_as_are_taken()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default);
        var set = await jmap.CallAsync("Identity/set", """
            {"create": {
              "of-another": {"email": "bob@example.com"},
              "elsewhere": {"email": "ada@example.org"},
              "none": {"name": "x"},
              "no-address": {"email": "ada"},
              "replies": {"email": "ada@example.com", "replyTo": [{"name": "x"}]},
              "long": {"email": "ada@example.com", "textSignature": "LONG"},
              "server-set": {"email": "ada@example.com", "mayDelete": true}
            }}
            """.Replace("LONG", new string('x', 20_001), StringComparison.Ordinal));
        var errors = set.GetProperty("notCreated");
        Assert.Equal("forbiddenFrom", errors.GetProperty("of-another").GetProperty("type").GetString());
        Assert.Equal("forbiddenFrom", errors.GetProperty("elsewhere").GetProperty("type").GetString());
        foreach (var (id, property) in new[] { ("none", "email"), ("no-address", "email"), ("replies", "replyTo"), ("long", "textSignature"), ("server-set", "mayDelete") })
        {
            Assert.Equal("invalidProperties", errors.GetProperty(id).GetProperty("type").GetString());
            Assert.Equal(property, Assert.Single(errors.GetProperty(id).GetProperty("properties").EnumerateArray()).GetString());
        }
        Assert.Equal(set.GetProperty("oldState").GetString(), set.GetProperty("newState").GetString());
    }

    [Fact]
    public async Task The_address_of_an_identity_stays_and_its_other_properties_change_and_fall_back()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var created = await jmap.CallAsync("Identity/set", """{"create": {"k": {"email": "ADA+list@example.com", "name": "List", "replyTo": [{"name": "Ada", "email": "ada@example.com"}]}}}""");
        Assert.Equal("ada+list@example.com", created.GetProperty("created").GetProperty("k").GetProperty("email").GetString());
        var set = await jmap.CallAsync("Identity/set", """{"update": {"i1": {"email": "ada@example.com"}, "i7": {"name": "x"}, "nonsense": {}}}""");
        Assert.Equal("email", set.GetProperty("notUpdated").GetProperty("i1").GetProperty("properties")[0].GetString());
        Assert.Equal("notFound", set.GetProperty("notUpdated").GetProperty("i7").GetProperty("type").GetString());
        Assert.Equal("notFound", set.GetProperty("notUpdated").GetProperty("nonsense").GetProperty("type").GetString());
        await jmap.CallAsync("Identity/set", """{"update": {"i1": {"name": null, "replyTo": null, "email": "ada+list@example.com"}}}""");
        var got = await jmap.CallAsync("Identity/get", """{"ids": ["i1", "i9"], "properties": ["name", "replyTo"]}""");
        Assert.Equal("""[{"id":"i1","name":"","replyTo":null}]""", got.GetProperty("list").GetRawText());
        Assert.Equal("""["i9"]""", got.GetProperty("notFound").GetRawText());
        Assert.Equal("""["i1"]""", (await jmap.CallAsync("Identity/set", """{"destroy": ["i1"]}""")).GetProperty("destroyed").GetRawText());
    }

    [Fact]
    public async Task Changes_are_known_since_the_present_state_only()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var state = State(await jmap.CallAsync("Identity/get", "{}"));
        var none = await jmap.CallAsync("Identity/changes", $$"""{"sinceState": "{{state}}"}""");
        Assert.Equal((state, "[]", false), (none.GetProperty("newState").GetString(), none.GetProperty("updated").GetRawText(), none.GetProperty("hasMoreChanges").GetBoolean()));
        await jmap.CallAsync("Identity/set", """{"update": {"i0": {"name": "Countess"}}}""");
        await jmap.CallAsync("Identity/changes", $$"""{"sinceState": "{{state}}"}""", error: "cannotCalculateChanges");
        await jmap.CallAsync("Identity/changes", "{}", error: "invalidArguments");
        await jmap.CallAsync("Identity/get", """{"properties": ["color"]}""", error: "invalidArguments");
    }

    [Fact]
    public async Task Who_may_not_send_as_a_shared_account_has_no_identities_there()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var desk = (await jmap.Accounts.AddAccountAsync(new AccountDraft("desk@example.com") { Kind = AccountKind.Shared, DisplayName = "Desk" }, default)).Account;
        var account = Facteur.Jmap.JmapIds.Of(desk.Id);
        await jmap.Accounts.SetShareAsync("desk@example.com", "ada@example.com", ShareRights.Read, default);
        await jmap.CallAsync("Identity/get", "{}", error: "accountNotSupportedByMethod", account: account);
        await jmap.Accounts.SetShareAsync("desk@example.com", "ada@example.com", ShareRights.Read | ShareRights.SendAs, default);
        Assert.Equal("desk@example.com", (await jmap.CallAsync("Identity/get", "{}", account: account)).GetProperty("list")[0].GetProperty("email").GetString());
        await jmap.CallAsync("Identity/set", """{"update": {"i0": {"name": "x"}}}""", error: "accountReadOnly", account: account);
        await jmap.Accounts.SetShareAsync("desk@example.com", "ada@example.com", ShareRights.All, default);
        Assert.Equal(JsonValueKind.Null, (await jmap.CallAsync("Identity/set", """{"update": {"i0": {"name": "x"}}}""", account: account)).GetProperty("notUpdated").ValueKind);
    }
}
