using System.Text;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server.Control.Settings;
using Facteur.Storage;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>The whole directory out of one store and into another.</summary>
public sealed class ImportTests
{
    private static async Task FillAsync(AccountsFixture server)
    {
        var administration = server.Administration;
        await administration.AddDomainAliasAsync("demo.example", "demo.test", default);
        await administration.AddGroupAsync("demo.test/ventes", default);
        await administration.SetDefaultsAsync("demo.test", new DomainDefaults(1 << 30, "fr", ["ventes"]), default);
        await administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = AccountKind.Shared, DisplayName = "Accueil" }, default);
        await administration.AddAccountAsync(new AccountDraft("scan@demo.test") { Kind = AccountKind.System }, default);
        await administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.All, default);
        await administration.SetMemberAsync("demo.test/ventes", "ami@demo.test", true, default);
        await administration.AddAddressAsync("moi@demo.test", "je@demo.example", "vieux", default);
        await administration.AddDisposableAsync("moi@demo.test", "shop@demo.test", "Shop", default);
        await administration.SetAddressEnabledAsync("shop@demo.test", false, default);
        await administration.AddAliasAsync("zeta@demo.test", ["moi@demo.test", "far@example.org"], "list", default);
        await administration.AddAliasAsync("alpha@demo.test", ["zeta@demo.test"], null, default);
        await administration.SetAliasEnabledAsync("alpha@demo.test", false, default);
        await administration.AddAliasAsync("@demo.test", ["ami@demo.test"], null, default);
        await administration.SetQuotaAsync("ami@demo.test", 12345, default);
        await administration.SetEnabledAsync("ami@demo.test", false, default);
        await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "Accueil", "accueil@demo.test") { SignatureText = "é" }, default);
        await administration.AskForwardAsync("moi@demo.test", "far@example.org", default);
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Id), "pop", """{"scope":"fromNow","afterEmail":77}"""u8.ToArray(), default);
        await server.Store.Settings.SetAsync(SettingScope.Site, "secret.key", "\"k\""u8.ToArray(), default);
        await server.Directory.AddCredentialAsync(new CredentialRecord(0, server.Moi.Id, "app-password", "h", default) { Label = "téléphone", Lookup = "l", Detail = "{}" }, default);
    }

    internal static async Task<string> ExportAsync(AccountsFixture server, bool withSecrets)
    {
        var output = new MemoryStream();
        await new DirectoryExport(server.Store, new TreeDocuments()).WriteJsonAsync(output, withSecrets, default);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    internal static async Task<(ImportSummary Summary, List<ImportEntry> Entries)> ImportAsync(AccountsFixture server, string text, bool dryRun = false, bool keepGoing = false)
    {
        var entries = new List<ImportEntry>();
        var octets = Encoding.UTF8.GetBytes(text);
        var summary = await new DirectoryImport(server.Store, server.Administration, new TreeDocuments()).RunAsync(
            () => text.StartsWith('{') ? DirectoryTreeReader.ReadAsync(new MemoryStream(octets), default) : AccountSheet.ReadAsync(new MemoryStream(octets), default),
            dryRun, keepGoing, entry =>
            {
                entries.Add(entry);
                return default;
            }, default);
        return (summary, entries);
    }

    [Fact]
    public async Task A_directory_comes_out_of_another_store_as_it_went_in()
    {
        await using var source = await AccountsFixture.CreateAsync();
        await using var target = await AccountsFixture.CreateAsync();
        foreach (var address in new[] { "moi@demo.test", "ami@demo.test" }) await target.Administration.RemoveAccountAsync(address, default);
        await target.Administration.RemoveDomainAsync("demo.test", default);
        await FillAsync(source);
        var text = await ExportAsync(source, withSecrets: true);
        var kept = JsonNode.Parse(await ExportAsync(target, withSecrets: true))!["settings"]!["secret.scram"]!.ToString(); // a key of its own stays
        var (rehearsal, planned) = await ImportAsync(target, text, dryRun: true);
        Assert.DoesNotContain(planned, entry => entry.Action == ImportAction.Refused);
        Assert.Equal(new ImportSummary(9, 1, 0, 0, false), rehearsal);
        Assert.Empty(await target.Administration.ListDomainsAsync(default));

        var (done, entries) = await ImportAsync(target, text);
        Assert.Equal(rehearsal with { Applied = true }, done);
        Assert.All(entries, entry => Assert.Null(entry.GeneratedPassword));
        Assert.Equal(JsonNode.Parse(text)!["domains"]!.ToJsonString(), JsonNode.Parse(await ExportAsync(target, withSecrets: true))!["domains"]!.ToJsonString());
        var key = JsonNode.Parse(await ExportAsync(target, withSecrets: true))!["settings"]!["secret.scram"]!.ToString();
        foreach (var part in new[] { "accounts", "shares", "aliases" })
            Assert.Equal(Sorted(JsonNode.Parse(text)![part]!), Sorted(JsonNode.Parse(await ExportAsync(target, withSecrets: true))![part]!));
        Assert.Equal(kept, key);
        Assert.Equal(LoginRefusal.None, await target.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal("{\"scope\":\"fromNow\"}", Encoding.UTF8.GetString((await target.Store.Settings.GetAsync(SettingScope.Of((await target.Administration.GetAccountAsync("moi@demo.test", default)).Id), "pop", default))!.Value.Span));
        foreach (var again in new[] { text, await ExportAsync(target, withSecrets: false) })
        {
            var (second, rest) = await ImportAsync(target, again);
            Assert.True(second is { Added: 0, Changed: 0, Refused: 0 }, string.Join('\n', rest));
        }
        Assert.Empty(await target.Store.CheckConsistencyAsync(default));
    }

    private static string Sorted(JsonNode node) => node is JsonArray list ? string.Join('\n', list.Select(one => one!.ToJsonString()).Order(StringComparer.Ordinal)) : node.ToJsonString();

    [Fact]
    public async Task Without_secrets_nothing_secret_is_in_the_file()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await FillAsync(server);
        var text = await ExportAsync(server, withSecrets: false);
        foreach (var secret in new[] { "secret.key", "app-password", "credentials", "\"password\"", (await server.Directory.ListCredentialsAsync(server.Moi.Id, default))[0].Value })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("\"codeHash\": \"***\"", text, StringComparison.Ordinal);
        var before = await server.Store.Settings.GetAsync(SettingScope.Of(server.Moi.Id), "forward", default);
        Assert.Equal((0, 0), (await ImportAsync(server, text)).Summary is { } summary ? (summary.Changed, summary.Refused) : default);
        Assert.Equal(before!.Value.ToArray(), (await server.Store.Settings.GetAsync(SettingScope.Of(server.Moi.Id), "forward", default))!.Value.ToArray());
    }

    [Fact]
    public async Task What_a_file_changes_is_said_and_done_and_the_rest_stays()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await FillAsync(server);
        var (summary, entries) = await ImportAsync(server, """
            { "domains": [ { "name": "demo.test", "groups": [ { "name": "Bureau" } ], "settings": { "locale": "fr" } } ],
              "accounts": [ { "address": "moi@demo.test", "name": "Claire", "quota": "2GB", "groups": ["bureau"], "addresses": [ { "address": "shop@demo.test", "enabled": true } ], "password": "rivière-17-lune" } ],
              "shares": [ { "account": "accueil@demo.test", "with": "moi@demo.test", "rights": ["read"] } ],
              "aliases": [ { "address": "zeta@demo.test", "targets": ["ami@demo.test"] } ] }
            """);
        Assert.Equal(new ImportSummary(0, 4, 0, 0, true), summary);
        Assert.Equal(["group Bureau", "setting locale"], entries[0].Details);
        Assert.Equal(["name Moi -> Claire", "quota none -> 2 GiB", "password", "joins bureau", "address shop@demo.test on"], entries[1].Details);
        Assert.Equal(["rights read, write, send-as -> read"], entries[2].Details);
        Assert.Equal(["to moi@demo.test, far@example.org -> ami@demo.test"], entries[3].Details);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", "rivière-17-lune"));
        Assert.Equal(["je@demo.example", "moi@demo.test", "shop@demo.test"], (await server.Administration.ListAddressesAsync(server.Moi.Id, default)).Select(one => one.Address).Order());
        Assert.Equal("list", (await server.Directory.FindAliasAsync("zeta@demo.test", default))!.Label);
    }

    [Fact]
    public async Task A_table_of_people_makes_accounts_with_the_defaults_of_their_domain()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await FillAsync(server);
        var table = new StringBuilder("address,name,password,aliases\n").AppendLine("eve@demo.test,Ève,,e@demo.test");
        for (var i = 0; i < 70; i++) table.AppendLine($"p{i}@demo.test,,soleil-42-papier-{i},");
        var (summary, entries) = await ImportAsync(server, table.ToString());
        Assert.Equal(new ImportSummary(71, 0, 0, 0, true), summary);
        Assert.Equal(Enumerable.Range(2, 71), entries.Select(entry => entry.Line));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("eve@demo.test", entries[0].GeneratedPassword!));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("p69@demo.test", "soleil-42-papier-69"));
        var eve = await server.Administration.GetAccountAsync("eve@demo.test", default);
        Assert.Equal((1L << 30, "ventes"), (eve.QuotaOctets, (await server.Administration.ListGroupsOfAsync(eve.Id, default)).Single().Name));
        Assert.Equal(eve.Id, (await server.Directory.FindByAddressAsync("e@demo.test", default))!.Id);
        Assert.Equal(71, (await ImportAsync(server, table.ToString())).Summary.Unchanged);
    }

    private const string Bad = "address,password,quota,groups,aliases,kind\n"
        + "good@demo.test,,,,,\n"
        + "nowhere@other.test,,,,,\n"
        + "moi,,,,,\n"
        + "short@demo.test,court,,,,\n"
        + "big@demo.test,,much,,,\n"
        + "group@demo.test,,,nix,,\n"
        + "taken@demo.test,,,,ami@demo.test,\n"
        + "good@demo.test,,,,,\n"
        + "zeta@demo.test,,,,,\n"
        + "moi@demo.test,,,,,shared\n"
        + "desk@demo.test,soleil-42-papier,,,,shared\n";

    private static readonly string[] BadReasons =
    [
        "3: The domain other.test is not one of this server.",
        "4: \"moi\" is not an address in full, such as claire@exemple.fr.",
        "5: A password has at least 8 characters.",
        "6: \"much\" is no size; write 500MB, 10GB or none.",
        "7: There is no group demo.test/nix.",
        "8: The address ami@demo.test is another account's.",
        "9: It stands twice in the file.",
        "10: The address zeta@demo.test is taken.",
        "11: The account is there as a personal one; its kind is chosen when it is made.",
        "12: A shared account has no password: its members log in with their own.",
    ];

    [Fact]
    public async Task Bad_lines_are_named_and_nothing_is_done_for_their_sake()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await FillAsync(server);
        var (summary, entries) = await ImportAsync(server, Bad);
        Assert.Equal(new ImportSummary(1, 0, 0, 10, false), summary);
        Assert.Equal(BadReasons, entries.Select(entry => $"{entry.Line}: {entry.Details.Single()}"));
        Assert.Null(await server.Directory.FindAccountAsync("good@demo.test", default));
    }

    [Fact]
    public async Task Told_to_go_on_it_does_the_rest()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await FillAsync(server);
        var (summary, entries) = await ImportAsync(server, Bad, keepGoing: true);
        Assert.Equal(new ImportSummary(1, 0, 0, 10, true), summary);
        Assert.Equal(BadReasons, entries.Where(entry => entry.Action == ImportAction.Refused).Select(entry => $"{entry.Line}: {entry.Details.Single()}"));
        Assert.NotNull(await server.Directory.FindAccountAsync("good@demo.test", default));
    }

    [Fact]
    public async Task A_tree_of_new_things_may_name_what_stands_before_it()
    {
        await using var server = await AccountsFixture.CreateAsync();
        const string tree = """
            { "domains": [ { "name": "new.test", "otherNames": ["new.example"], "groups": [ { "name": "g" } ] } ],
              "accounts": [ { "address": "a@new.test", "groups": ["G"], "addresses": [ { "address": "b@new.example" } ] }, { "address": "s@new.test", "kind": "shared" },
                            { "address": "x@new.example" }, { "address": "y@new.test", "groups": ["h"] } ],
              "shares": [ { "account": "s@new.test", "with": "a@new.test", "rights": ["all"] }, { "account": "a@new.test", "with": "s@new.test", "rights": ["all"] } ],
              "aliases": [ { "address": "l1@new.test", "targets": ["l2@new.test"] }, { "address": "l2@new.test", "targets": ["a+x@new.test"] },
                           { "address": "l3@new.test", "targets": ["l4@new.test"] }, { "address": "l4@new.test", "targets": ["l3@new.test"] }, { "address": "l5@new.test", "targets": ["n@new.test"] } ] }
            """;
        var (plan, refused) = await ImportAsync(server, tree);
        Assert.Equal((6, 6), (plan.Added, plan.Refused));
        Assert.Equal(
        [
            "new.example is another name of a domain; accounts are in the domain it stands for.", "There is no group new.test/h.", "a@new.test is not a shared account.",
            "There is no address l4@new.test on this server.", "There is no address l3@new.test on this server.", "There is no address n@new.test on this server.",
        ], refused.Select(entry => entry.Details.Single()));
        var (done, _) = await ImportAsync(server, tree, keepGoing: true);
        Assert.Equal((6, 6, true), (done.Added, done.Refused, done.Applied));
        Assert.Equal(["a+x@new.test"], (await server.Directory.FindAliasAsync("l2@new.test", default))!.Targets);
        Assert.Empty(await server.Store.CheckConsistencyAsync(default));
    }
}
