using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Control;

/// <summary>facteur group, identity, account add --kind, share, rename, name, and domain set-default.</summary>
public sealed class MemberVerbTests
{
    [Fact]
    public async Task A_group_is_made_filled_renamed_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("There are no groups.\n", await line.SayAsync("group", "list"));
        Assert.Equal("Group demo.test/ventes added.\n", await line.SayAsync("group", "add", "demo.test/ventes"));
        Assert.Equal("demo.test/ventes: \n  ami@demo.test  ami\n  moi@demo.test  moi\n", await line.SayAsync("group", "join", "demo.test/ventes", "moi@demo.test", "ami@demo.test"));
        Assert.Matches("demo.test/ventes │ +2 │", await line.SayAsync("group", "list", "--domain", "demo.test"));
        Assert.Equal("The group is demo.test/Atelier [1] now.\n", await line.SayAsync("group", "rename", "demo.test/ventes", "Atelier [1]"));
        Assert.Contains("Groups: Atelier [1]", await line.SayAsync("account", "show", "moi@demo.test"), StringComparison.Ordinal);
        Assert.Equal("""{"group":"demo.test/Atelier [1]","members":[{"address":"ami@demo.test","name":"ami"}]}""",
            (await line.JsonAsync("group", "leave", "demo.test/atelier [1]", "moi@demo.test")).ToJsonString());
        Assert.Equal("There is no account nobody@demo.test.", await line.RefusedAsync("group", "join", "demo.test/atelier [1]", "nobody@demo.test"));
        Assert.Equal("Group demo.test/atelier [1] removed.\n", await line.SayAsync("group", "remove", "demo.test/atelier [1]"));
        Assert.Equal("There is no group demo.test/ventes.", await line.RefusedAsync("group", "show", "demo.test/ventes"));
        Assert.Equal(2, (await line.RunAsync("group", "join", "demo.test/ventes")).Exit);
    }

    [Fact]
    public async Task A_shared_account_is_shared_and_taken_back()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("Account accueil@demo.test added.\n", await line.SayAsync("account", "add", "accueil@demo.test", "--kind", "shared", "--name", "Accueil"));
        Assert.Equal("Nobody may use it.\n", await line.SayAsync("account", "share", "accueil@demo.test"));
        Assert.Matches("moi@demo.test │ moi +│ read, write, send-as", await line.SayAsync("account", "share", "accueil@demo.test", "--with", "moi@demo.test", "--with", "ami@demo.test"));
        Assert.Equal(2, (await line.JsonAsync("account", "share", "accueil@demo.test", "--with", "ami@demo.test", "--rights", "read")).AsArray().Count);
        var shown = await line.SayAsync("account", "show", "accueil@demo.test");
        Assert.Contains("shared, enabled", shown, StringComparison.Ordinal);
        Assert.Contains("Used by ami@demo.test: read\n", shown, StringComparison.Ordinal);
        Assert.Contains("May use accueil@demo.test: read, write, send-as", await line.SayAsync("account", "show", "moi@demo.test"), StringComparison.Ordinal);
        Assert.Single((await line.JsonAsync("account", "share", "accueil@demo.test", "--with", "ami@demo.test", "--rights", "none")).AsArray());
        Assert.Contains("no right on a shared account", await line.RefusedAsync("account", "share", "accueil@demo.test", "--with", "ami@demo.test", "--rights", "own"), StringComparison.Ordinal);
        Assert.Equal("moi@demo.test is not a shared account.", await line.RefusedAsync("account", "share", "moi@demo.test"));
        Assert.Equal("A shared account has no password: its members log in with their own.", await line.RefusedAsync("account", "passwd", "accueil@demo.test"));
    }

    [Fact]
    public async Task New_accounts_of_a_domain_begin_with_its_defaults()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("group", "add", "demo.test/ventes");
        Assert.Equal("New accounts of demo.test\n  quota:    none\n  language: as the domain\n  groups:   none\n", await line.SayAsync("domain", "set-default", "demo.test"));
        Assert.Equal("New accounts of demo.test\n  quota:    5 GiB\n  language: fr\n  groups:   ventes\n",
            await line.SayAsync("domain", "set-default", "demo.test", "--quota", "5GB", "--locale", "fr", "--group", "ventes"));
        await line.SayAsync("account", "add", "claire@demo.test");
        var shown = await line.JsonAsync("account", "show", "claire@demo.test");
        Assert.Equal((5L << 30, "ventes", "personal"), ((long)shown["account"]!["quotaOctets"]!, (string?)shown["groups"]![0], (string?)shown["account"]!["kind"]));
        Assert.Equal("""{"domain":"demo.test","quotaOctets":null,"locale":"fr","groups":[]}""", (await line.JsonAsync("domain", "set-default", "demo.test", "--quota", "none", "--group", "none")).ToJsonString());
        await line.SayAsync("account", "add", "scan@demo.test", "--kind", "system", "--quota", "1MB");
        Assert.Equal("system", (string?)(await line.JsonAsync("account", "list"))[3]!["kind"]);
        Assert.Equal(2, (await line.RunAsync("account", "add", "x@demo.test", "--quota", "much")).Exit);
    }

    [Fact]
    public async Task An_account_is_renamed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("The account is claire@demo.test now.\n", await line.SayAsync("account", "rename", "moi@demo.test", "claire@demo.test"));
        Assert.Equal("claire@demo.test is called Claire Martin.\n", await line.SayAsync("account", "name", "claire@demo.test", "Claire Martin"));
        Assert.Contains("Addresses: claire@demo.test, moi@demo.test", await line.SayAsync("account", "show", "claire@demo.test"), StringComparison.Ordinal);
        Assert.Equal("The address ami@demo.test is taken.", await line.RefusedAsync("account", "rename", "claire@demo.test", "ami@demo.test"));
        Assert.Equal("There is no account moi@demo.test.", await line.RefusedAsync("account", "rename", "moi@demo.test", "x@demo.test"));
    }

    [Fact]
    public async Task Identities_are_added_chosen_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("address", "add", "moi@demo.test", "je@demo.test");
        Assert.Matches("1 +│ moi +│ moi@demo.test │ +│ moi / mieux │ default", await line.SayAsync("identity", "add", "moi@demo.test", "moi@demo.test", "--signature", "moi\\nmieux"));
        await line.SayAsync("identity", "add", "moi@demo.test", "je@demo.test", "--name", "Je", "--reply-to", "moi@demo.test", "--default");
        Assert.Equal("""{"id":2,"name":"Je","address":"je@demo.test","replyTo":"moi@demo.test","bcc":null,"signatureText":null,"signatureHtml":null,"default":true,"allowed":true}""",
            (await line.JsonAsync("identity", "list", "moi@demo.test"))[1]!.ToJsonString());
        await line.SayAsync("address", "rm", "je@demo.test");
        Assert.Contains("not allowed any more", await line.SayAsync("identity", "default", "moi@demo.test", "1"), StringComparison.Ordinal);
        Assert.Single((await line.JsonAsync("identity", "remove", "moi@demo.test", "2")).AsArray());
        Assert.StartsWith("moi@demo.test may not send as ami@demo.test", await line.RefusedAsync("identity", "add", "moi@demo.test", "ami@demo.test"), StringComparison.Ordinal);
    }
}
