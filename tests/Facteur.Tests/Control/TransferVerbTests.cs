using System.Text.Json.Nodes;
using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur export and import.</summary>
public sealed class TransferVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_exported_changes_nothing_when_it_is_imported()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("alias", "add", "contact@demo.test", "moi@demo.test");
        Assert.Equal((0, "", $"Written to {folder["tree.json"]}.\n"), await line.RunAsync("export", "--with-secrets", folder["tree.json"]));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["tree.json"]));
        Assert.Equal("0 added, 0 changed, 5 unchanged, 0 refused.\n", await line.SayAsync("import", folder["tree.json"]));
        Assert.Equal(1, (int)JsonNode.Parse(await line.SayAsync("export"))!["version"]!);
        Assert.Equal("address,name,kind,enabled,quota,groups,aliases\r\nmoi@demo.test,moi,personal,yes,none,,\r\nami@demo.test,ami,personal,yes,none,,\r\n", await line.SayAsync("export", "--csv"));
    }

    [Fact]
    public async Task A_plan_is_shown_first_and_then_done()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["people.csv"], "address,name,password,quota\nclaire@demo.test,Claire [1],soleil-42-papier,5GB\nmoi@demo.test,Moi,,\nami@demo.test,,,\n");
        const string plan = "+ account claire@demo.test  (Claire [1], quota 5 GiB)\n~ account moi@demo.test: name moi -> Moi\n";
        Assert.Equal(plan + "1 to add, 1 to change, 1 unchanged, 0 refused.\n", await line.SayAsync("import", folder["people.csv"], "--dry-run"));
        Assert.Equal(2, (await line.JsonAsync("account", "list")).AsArray().Count);
        Assert.Equal(plan + "1 added, 1 changed, 1 unchanged, 0 refused.\n", await line.SayAsync("import", folder["people.csv"]));
        var again = await line.JsonAsync("import", folder["people.csv"]);
        Assert.Equal("""{"added":0,"changed":0,"unchanged":3,"refused":0,"applied":true}""", again["summary"]!.ToJsonString());
        Assert.Equal("unchanged", (string?)again["changes"]![0]!["action"]);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(line.DataFolder, "control"), "transfer-*"));
    }

    [Fact]
    public async Task A_bad_line_stops_all_unless_told_to_go_on()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["people.csv"], "address,quota\nclaire@demo.test,much\nmarc@demo.test,\n");
        var (exit, output, error) = await line.RunAsync("import", folder["people.csv"]);
        Assert.Equal((1, ""), (exit, error));
        Assert.Equal("""
            ! line 2: account claire@demo.test: "much" is no size; write 500MB, 10GB or none.
            1 to add, 0 to change, 0 unchanged, 1 refused. Nothing was changed; mend the lines above, or do the rest with --keep-going.

            """, output);
        (exit, output, _) = await line.RunAsync("import", folder["people.csv"], "--keep-going");
        Assert.Equal(3, exit);
        Assert.Matches(@"\+ account marc@demo.test\n    password: [a-z]+-[0-9]{4}-[a-z-]+   \(shown this once\)\n1 added", output);
    }

    [Fact]
    public async Task Files_that_are_none_are_refused_in_one_sentence()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal((2, "", $"There is no file {folder["none"]}.\n"), await line.RunAsync("import", folder["none"]));
        await File.WriteAllTextAsync(folder["broken.json"], "{ \"accounts\": [ {");
        Assert.StartsWith("Line 1: this is no JSON", await line.RefusedAsync("import", folder["broken.json"]), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["empty.csv"], "");
        Assert.Equal("The file is empty.", await line.RefusedAsync("import", folder["empty.csv"]));
        Assert.Equal((2, "", "A table holds no secrets; leave out --csv.\n"), await line.RunAsync("export", "--csv", "--with-secrets"));
    }
}
