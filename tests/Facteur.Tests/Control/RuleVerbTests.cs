using Facteur.Accounts;

namespace Facteur.Tests.Control;

/// <summary>facteur rules.</summary>
public sealed class RuleVerbTests
{
    [Fact]
    public async Task Rules_are_added_listed_changed_moved_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("moi@demo.test has no rules.\n", await line.SayAsync("rules", "list", "moi@demo.test"));
        var added = await line.SayAsync(
            "rules", "add", "moi@demo.test", "--name", "Bills [€]", "--if", "from ends @shop.example", "--if", "not subject starts Re: ", "--if", "size over 10KB", "--then", "move Bills", "--then", "flag $todo", "--any", "--stop");
        Assert.Equal("1. r1  Bills [€]\n     if from ends @shop.example or not subject starts Re: or size over 10240\n     move Bills, flag $todo, stop\n", added);
        await line.SayAsync("rules", "add", "moi@demo.test", "--name", "First", "--if", "header:X-Loop exists", "--if", "attachment", "--then", "label Work", "--then", "read", "--place", "1");
        Assert.Equal(["r2", "r1"], (await line.JsonAsync("rules", "move", "moi@demo.test", "r2", "1"))["rules"]!.AsArray().Select(rule => (string)rule!["id"]!));
        var edited = await line.JsonAsync("rules", "edit", "moi@demo.test", "r1", "--on", "no", "--match", "all", "--then", "star");
        Assert.Equal((false, false, "star", 3), ((bool)edited["rules"]![1]!["on"]!, (bool)edited["rules"]![1]!["any"]!, (string)edited["rules"]![1]!["actions"]![0]!["type"]!, edited["rules"]![1]!["conditions"]!.AsArray().Count));
        Assert.Equal("running", (string)edited["standing"]!);
        Assert.Contains("fileinto :copy :create \"Work\"", await line.SayAsync("rules", "show", "moi@demo.test"), StringComparison.Ordinal);
        Assert.Equal("* rules", (await line.SayAsync("sieve", "list", "moi@demo.test"))[..7]);
        await line.SayAsync("rules", "remove", "moi@demo.test", "r2");
        Assert.Equal("There is no rule of that id.", await line.RefusedAsync("rules", "remove", "moi@demo.test", "r2"));
    }

    [Theory]
    [InlineData("from resembles x", "star", "\"resembles\" is no comparison")]
    [InlineData("colour is red", "star", "\"colour\" is nothing a condition looks at")]
    [InlineData("size over much", "star", "\"much\" is no size")]
    [InlineData("from contains", "star", "A value is one line")]
    [InlineData("from is x", "explode", "\"explode\" is no action")]
    [InlineData("from is x", "star now", "\"star\" stands alone.")]
    [InlineData("from is x", "forward far@example.org", "Nobody agreed yet that mail is sent on to far@example.org.")]
    public async Task What_cannot_be_is_said(string condition, string action, string sentence)
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.StartsWith(sentence, await line.RefusedAsync("rules", "add", "moi@demo.test", "--name", "x", "--if", condition, "--then", action), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_by_hand_stays_and_rules_begin_again_beside_it()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var file = Path.Combine(line.DataFolder, "mine.sieve");
        await File.WriteAllTextAsync(file, "keep;\r\n");
        await line.SayAsync("sieve", "put", "moi@demo.test", "mine", file, "--activate");
        Assert.Contains("The script \"mine\" is active", await line.SayAsync("rules", "add", "moi@demo.test", "--name", "x", "--then", "archive"), StringComparison.Ordinal);
        await line.SayAsync("sieve", "put", "moi@demo.test", "rules", file);
        Assert.Contains("was edited by hand", await line.SayAsync("rules", "list", "moi@demo.test"), StringComparison.Ordinal);
        Assert.StartsWith("The script \"rules\" was edited by hand", await line.RefusedAsync("rules", "add", "moi@demo.test", "--name", "y", "--then", "archive"), StringComparison.Ordinal);
        Assert.Equal("running", (string)(await line.JsonAsync("rules", "add", "ami@demo.test", "--name", "y", "--then", "archive"))["standing"]!);
        Assert.Equal("moi@demo.test has no rules.\n", await line.SayAsync("rules", "start", "moi@demo.test"));
        Assert.Contains("  rules-2", await line.SayAsync("sieve", "list", "moi@demo.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_send_on_to_who_gave_the_code_back()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var code = (string)(await line.JsonAsync("forward", "ask", "moi@demo.test", "far@example.org", "--for-rules"))["code"]!;
        await line.SayAsync("forward", "confirm", "moi@demo.test", "far@example.org", code);
        Assert.Equal("Mail of moi@demo.test is not forwarded.\n", await line.SayAsync("forward", "show", "moi@demo.test"));
        Assert.Contains("forward far@example.org", await line.SayAsync("rules", "add", "moi@demo.test", "--name", "x", "--if", "known-sender", "--then", "forward far@example.org"), StringComparison.Ordinal);
    }
}
