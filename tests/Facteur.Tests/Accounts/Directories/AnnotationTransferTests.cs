using System.Text;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Annotations;
using static Facteur.Tests.Accounts.Directories.ImportTests;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>What people and programs attached to folders goes with the directory, out and in.</summary>
public sealed class AnnotationTransferTests
{
    private static readonly string[] scopes = ["/private", "/shared"];

    [Fact]
    public async Task Annotations_come_out_of_another_store_as_they_went_in()
    {
        await using var source = await AccountsFixture.CreateAsync();
        await using var target = await AccountsFixture.CreateAsync();
        var shared = (await source.Administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = AccountKind.Shared }, default)).Account;
        var ami = await source.Administration.GetAccountAsync("ami@demo.test", default);
        var folder = await source.Store.CreateMailboxAsync(source.Moi.Id, "Clients/Été 2026", MailboxRole.None, default);
        await WriteAsync(source, source.Moi.Id, null, source.Moi.Id, (AnnotationStore.ScriptName, "ranger"u8.ToArray()));
        await WriteAsync(source, source.Moi.Id, folder.Id, source.Moi.Id, (AnnotationStore.ScriptName, []), ("/shared/comment", "Un été\r\nà \"deux\""u8.ToArray()), ("/private/vendor/x/raw", [0, 255, 1]));
        await WriteAsync(source, shared.Id, (await source.Store.FindMailboxAsync(shared.Id, "INBOX", default))!.Id, ami.Id, ("/private/comment", "à moi"u8.ToArray()));
        await WriteAsync(source, source.Moi.Id, (await source.Store.FindMailboxAsync(source.Moi.Id, "INBOX", default))!.Id, source.Moi.Id,
            [.. Enumerable.Range(0, 20).Select(i => ($"/shared/large{i:00}", Encoding.UTF8.GetBytes(new string('"', AnnotationStore.MaxValueOctets))))]);

        var text = await ExportAsync(source, withSecrets: false);
        var (rehearsal, _) = await ImportAsync(target, text, dryRun: true);
        Assert.Equal(0, rehearsal.Refused);
        Assert.Null(await target.Store.FindMailboxAsync(target.Moi.Id, "Clients/Été 2026", default));
        var (done, entries) = await ImportAsync(target, text);
        Assert.Equal((true, 0), (done.Applied, done.Refused));
        Assert.Contains(entries, entry => entry is { Kind: "annotations", Name: "moi@demo.test", Action: ImportAction.Added, Details: [AnnotationStore.ScriptName] });

        Assert.Equal(JsonNode.Parse(text)!["annotations"]!.AsArray().Count, entries.Count(entry => entry.Kind == "annotations"));
        Assert.Equal(await AllAsync(source), await AllAsync(target));
        Assert.Equal(25, (await AllAsync(target)).Count);
        Assert.True((await ImportAsync(target, text)).Summary is { Added: 0, Changed: 0, Refused: 0 });
        Assert.Empty(await target.Store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task An_import_adds_and_changes_what_it_names_and_removes_nothing()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await WriteAsync(server, server.Moi.Id, null, server.Moi.Id, ("/shared/comment", "avant"u8.ToArray()), ("/private/comment", "à moi"u8.ToArray()));
        var (summary, entries) = await ImportAsync(server, """
            { "annotations": [
              { "account": "moi@demo.test", "entries": { "/Shared/Comment": { "text": "après" } } },
              { "account": "moi@demo.test", "mailbox": "Neuf", "entries": { "/shared/imapsieve/script": { "base64": "dHJp" } } } ] }
            """);
        Assert.Equal(new ImportSummary(1, 1, 0, 0, true), summary);
        Assert.Equal(["moi@demo.test", "moi@demo.test Neuf"], entries.Select(entry => entry.Name));
        Assert.Equal(["moi@demo.test - moi@demo.test /private/comment 6", "moi@demo.test - moi@demo.test /shared/comment 6", "moi@demo.test Neuf moi@demo.test /shared/imapsieve/script 3"], (await AllAsync(server)).Select(one => one[..one.LastIndexOf(' ')]));
    }

    [Theory]
    [InlineData("""{ "account": "nobody@demo.test", "entries": { "/shared/comment": { "text": "x" } } }""", "There is no account nobody@demo.test.")]
    [InlineData("""{ "account": "moi@demo.test", "person": "nobody@demo.test", "entries": { "/private/comment": { "text": "x" } } }""", "There is no account nobody@demo.test.")]
    [InlineData("""{ "account": "moi@demo.test", "entries": { "/comment": { "text": "x" } } }""", "\"/comment\" is no name of an annotation, such as /shared/comment.")]
    [InlineData("""{ "account": "moi@demo.test", "entries": { "/shared/a*b": { "text": "x" } } }""", "\"/shared/a*b\" is no name of an annotation, such as /shared/comment.")]
    [InlineData("""{ "account": "moi@demo.test", "mailbox": "a//b", "entries": { "/shared/comment": { "text": "x" } } }""", "\"a//b\" is no name of a folder.")]
    [InlineData("""{ "account": "moi@demo.test", "entries": { "/shared/comment": { "text": "x", "base64": "eA==" } } }""", "The value of /shared/comment has \"text\" or \"base64\".")]
    [InlineData("""{ "account": "moi@demo.test", "entries": { "/shared/comment": { "base64": "!" } } }""", "The value of /shared/comment is not base64.")]
    [InlineData("""{ "account": "moi@demo.test", "entries": { "/shared/comment": null } }""", "The value of /shared/comment has \"text\" or \"base64\".")]
    public async Task What_cannot_be_is_refused_and_nothing_is_written(string item, string why)
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (summary, entries) = await ImportAsync(server, $$"""{ "annotations": [ {{item}}, { "account": "moi@demo.test", "entries": { "/shared/comment": { "text": "x" } } } ] }""");
        Assert.False(summary.Applied);
        Assert.Contains(why, Assert.Single(entries).Details);
        Assert.Empty(await AllAsync(server));
    }

    private static async Task WriteAsync(AccountsFixture server, AccountId account, MailboxId? mailbox, AccountId person, params (string Name, byte[] Value)[] entries) =>
        await server.Store.Annotations.WriteAsync(new AnnotationWrite(new AnnotationPlace(account, mailbox), person, [.. entries.Select(one => new AnnotationChange(one.Name, one.Value))]), default);

    /// <summary>Every annotation of the store: account, mailbox, person, name, octets and value.</summary>
    private static async Task<List<string>> AllAsync(AccountsFixture server)
    {
        var found = new List<string>();
        foreach (var address in new[] { "moi@demo.test", "ami@demo.test", "accueil@demo.test" })
        {
            if (await server.Directory.FindAccountAsync(address, default) is not { } account) continue;
            var mailboxes = await server.Store.ListMailboxesAsync(account.Id, default);
            foreach (var place in mailboxes.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => (one.Name, Id: (MailboxId?)one.Id)).Prepend(("-", null)))
                foreach (var person in address == "accueil@demo.test" ? new[] { "ami@demo.test", "moi@demo.test" } : [address])
                    foreach (var one in await server.Store.Annotations.ReadAsync(new AnnotationPlace(account.Id, place.Id), (await server.Directory.FindAccountAsync(person, default))!.Id, new AnnotationQuery(scopes, AnnotationDepth.All), default))
                        found.Add($"{address} {place.Name} {person} {one.Name} {one.Octets} {Convert.ToHexString(one.Value!.Value.Span)}");
        }
        return found;
    }
}
