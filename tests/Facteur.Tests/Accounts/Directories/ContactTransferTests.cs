using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Storage.Contacts;
using static Facteur.Tests.Accounts.Directories.ImportTests;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>Address books go with the directory, out and in.</summary>
public sealed class ContactTransferTests
{
    private const string Elodie = """{"@type":"Card","version":"1.0","uid":"u-elodie","name":{"full":"Élodie 😀 Martin"},"emails":{"e1":{"address":"elodie@far.test"}},"exemple.fr:couleur":{"deep":["bleu",1.50,null,"\"\\\u0001"]}}""";
    private const string Group = """{"@type":"Card","version":"1.0","uid":"u-group","kind":"group","name":{"full":"Famille"},"members":{"u-elodie":true,"urn:uuid:elsewhere":true}}""";

    [Fact]
    public async Task Cards_come_out_of_another_store_as_they_went_in()
    {
        await using var source = await AccountsFixture.CreateAsync();
        await using var target = await AccountsFixture.CreateAsync();
        var ami = await source.Administration.GetAccountAsync("ami@demo.test", default);
        var deep = $$"""{"uid":"u-deep","x":{{string.Concat(Enumerable.Repeat("[", 62))}}{{string.Concat(Enumerable.Repeat("]", 62))}}}""";
        await AddAsync(source, source.Moi.Id, Elodie, Group, deep);
        await AddAsync(source, ami.Id, Elodie);
        // More than goes into one item.
        await AddAsync(source, ami.Id, [.. Enumerable.Range(0, 20).Select(i => $$$$"""{"uid":"u{{{{i}}}}","notes":{"n":{"note":"\"{{{{new string('é', 30_000)}}}}"}}}""")]);

        var text = await ExportAsync(source, withSecrets: false);
        var tree = JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 128 })!;
        Assert.Equal(2, tree["version"]!.GetValue<int>());
        Assert.Equal(["moi@demo.test", "ami@demo.test", "ami@demo.test", "ami@demo.test"], tree["contacts"]!.AsArray().Select(one => one!["account"]!.ToString()));
        var (rehearsal, _) = await ImportAsync(target, text, dryRun: true);
        Assert.Equal(0, rehearsal.Refused);
        Assert.Equal(0, await target.Store.Contacts.CountAsync(target.Moi.Id, default));
        var (done, entries) = await ImportAsync(target, text);
        Assert.Equal((true, 0), (done.Applied, done.Refused));
        Assert.Contains(entries, entry => entry is { Kind: "contacts", Name: "moi@demo.test", Action: ImportAction.Added, Details: ["3 new: Élodie 😀 Martin, Famille, u-deep"] });
        foreach (var address in new[] { "moi@demo.test", "ami@demo.test" }) Assert.Equal(await AllAsync(source, address), await AllAsync(target, address));
        Assert.Equal(21, (await AllAsync(target, "ami@demo.test")).Count);

        // Again: nothing is there twice, and nothing changes.
        Assert.True((await ImportAsync(target, text)).Summary is { Added: 0, Changed: 0, Refused: 0 });
        Assert.Equal(text, await ExportAsync(source, withSecrets: false));
        Assert.Empty(await target.Store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task Programs_before_this_one_read_what_has_no_contacts()
    {
        await using var source = await AccountsFixture.CreateAsync();
        var tree = JsonNode.Parse(await ExportAsync(source, withSecrets: false))!.AsObject();
        Assert.Equal((1, false), (tree["version"]!.GetValue<int>(), tree.ContainsKey("contacts")));
    }

    [Fact]
    public async Task An_import_adds_and_changes_what_it_names_and_removes_nothing()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await AddAsync(server, server.Moi.Id, Elodie, Group);
        var before = await server.Store.Contacts.StateAsync(server.Moi.Id, default);
        var (summary, entries) = await ImportAsync(server, """
            { "contacts": [ { "account": "moi@demo.test", "cards": [
              { "uid": "u-group", "members": { "urn:uuid:elsewhere": true, "u-elodie": true }, "kind": "group", "name": { "full": "Famille" }, "version": "1.0", "@type": "Card" },
              { "uid": "u-elodie", "name": { "full": "Élodie\r\nDurand" } },
              { "uid": "u-new", "emails": { "e": { "address": "neuf@far.test" } } } ] } ] }
            """);
        Assert.Equal(new ImportSummary(0, 1, 0, 0, true), summary);
        Assert.Equal(["1 new: neuf@far.test", "1 changed: Élodie Durand"], Assert.Single(entries).Details);
        Assert.Equal(["u-elodie Élodie Durand", "u-group Famille", "u-new neuf@far.test"],
            (await server.Store.Contacts.ListAsync(server.Moi.Id, default, 10, default)).Select(one => $"{one.Uid} {one.Name}").Order(StringComparer.Ordinal));
        var changes = (await server.Store.Contacts.ChangesSinceAsync(server.Moi.Id, before, default))!;
        Assert.Equal((2, 0), (changes.Changed.Count, changes.Removed.Count));
    }

    [Theory]
    [InlineData("""{ "account": "nobody@demo.test", "cards": [] }""", "There is no account nobody@demo.test.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ 1 ] }""", "A card is an object.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "name": { "full": "X" } } ] }""", "A card has a \"uid\".")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "" } ] }""", "\"uid\" of a card: uid is a string of 1 to 255 characters.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "u", "emails": [] } ] }""", "\"emails\" of a card: each of emails is an object with an address.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "u" }, { "uid": "u" } ] }""", "The card \"u\" stands twice.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "u", "x": "\ud800" } ] }""", "A card is JSON of Unicode text, without a name that stands twice and not deeper than 64 levels.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "u", "x": 1, "x": 2 } ] }""", "A card is JSON of Unicode text, without a name that stands twice and not deeper than 64 levels.")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [ { "uid": "u", "x": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] } ] }""", "A card is JSON of Unicode text, without a name that stands twice and not deeper than 64 levels.")]
    [InlineData("""{ "account": "moi@demo.test" }""", "It lacks \"cards\".")]
    [InlineData("""{ "account": "moi@demo.test", "cards": [], "vcard": "x" }""", "There is no \"vcard\" here.")]
    public async Task What_cannot_be_is_refused_and_nothing_is_written(string item, string why)
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (summary, entries) = await ImportAsync(server, $$"""{ "contacts": [ {{item}}, { "account": "moi@demo.test", "cards": [ { "uid": "good" } ] } ] }""");
        Assert.False(summary.Applied);
        Assert.Contains(why, Assert.Single(entries).Details);
        Assert.Equal(0, await server.Store.Contacts.CountAsync(server.Moi.Id, default));
    }

    [Fact]
    public async Task A_book_that_would_be_too_large_is_refused_before_anything_is_written()
    {
        await using var server = await AccountsFixture.CreateAsync();
        for (var n = 0; n < ContactStore.MaxCards - 1; n += ContactStore.MaxBatch)
            await server.Store.Contacts.AddAsync(server.Moi.Id, [.. Enumerable.Range(n, Math.Min(ContactStore.MaxBatch, ContactStore.MaxCards - 1 - n)).Select(i => new ContactDraft($"u{i}", "x", [], "", "{}"u8.ToArray()))], default);
        const string Two = """{ "contacts": [ { "account": "moi@demo.test", "cards": [ { "uid": "a" } ] }, { "account": "moi@demo.test", "cards": [ { "uid": "b" } ] } ] }""";
        var (summary, entries) = await ImportAsync(server, Two);
        Assert.Equal((1, false), (summary.Refused, summary.Applied));
        Assert.Equal(["An address book has at most 25000 cards."], Assert.Single(entries).Details);
        Assert.Equal(new ImportSummary(1, 0, 0, 1, true), (await ImportAsync(server, Two, keepGoing: true)).Summary);
    }

    private static async Task AddAsync(AccountsFixture server, AccountId account, params string[] cards) =>
        await server.Store.Contacts.AddAsync(account, [.. cards.Select(card => ContactCard.ToDraft(Encoding.UTF8.GetBytes(card)))], default);

    private static async Task<List<string>> AllAsync(AccountsFixture server, string address) =>
        [.. (await server.Store.Contacts.ListAsync((await server.Administration.GetAccountAsync(address, default)).Id, default, 100, default)).Select(one => $"{one.Uid} {one.Name} {Encoding.UTF8.GetString(one.Card.Span)}")];
}
