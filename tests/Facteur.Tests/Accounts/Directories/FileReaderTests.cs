using System.Text;
using Facteur.Accounts;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>Files of imports: the JSON tree and tables of accounts.</summary>
public sealed class FileReaderTests
{
    /// <summary>Gives so many octets at a time.</summary>
    private sealed class Slow(byte[] octets, int step) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }

    private static async Task<List<TreeItem>> TreeAsync(string text, int step = int.MaxValue)
    {
        var items = new List<TreeItem>();
        await foreach (var item in DirectoryTreeReader.ReadAsync(new Slow(Encoding.UTF8.GetBytes(text), step), default)) items.Add(item);
        return items;
    }

    private static async Task<List<TreeItem>> SheetAsync(string text)
    {
        var items = new List<TreeItem>();
        await foreach (var item in AccountSheet.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default)) items.Add(item);
        return items;
    }

    private const string Tree = """
        {
          // a comment
          "version": 1,
          "settings": { "limits": { "messagesPerDay": 5 } },
          "domains": [
            { "name": "demo.test", "groups": [ { "name": "ventes" } ] }
          ],
          "accounts": [
            { "address": "a@demo.test", "name": "Ä" },
            { "adress": "b@demo.test" },
            { "address": "c@demo.test", "enabled": "maybe" },
            { "name": "nobody" },
            17, null
          ],
          "shares": [],
          "aliases": [ { "address": "x@demo.test", "targets": ["a@demo.test"], } ]
        }

        """;

    [Fact]
    public async Task A_tree_is_read_item_by_item_wherever_it_is_cut()
    {
        var whole = await TreeAsync(Tree);
        Assert.Equal(["TreeSite", "TreeDomain", "TreeAccount", "TreeFault", "TreeFault", "TreeFault", "TreeFault", "TreeFault", "TreeAlias"], whole.Select(item => item.GetType().Name));
        Assert.Equal([4, 6, 9, 10, 11, 12, 13, 13, 16], whole.Select(item => item.Line));
        Assert.Equal("Ä", ((TreeAccount)whole[2]).Name);
        Assert.Equal(["There is no \"adress\" here.", "\"enabled\" is not what may stand there.", "It lacks \"address\".", "It is not written as an export writes it.", "It is null."],
            whole.OfType<TreeFault>().Select(fault => fault.Reason));
        foreach (var step in (int[])[1, 2, 3, 7, 64])
        {
            var cut = await TreeAsync(Tree, step);
            Assert.Equal(whole.Select(item => (item.GetType(), item.Line)), cut.Select(item => (item.GetType(), item.Line)));
        }
    }

    [Theory]
    [InlineData("[]", "Line 1: the file begins with {")]
    [InlineData("{\n\"account\": []}", "Line 1: there is no \"account\"; there are version, settings, domains, accounts, shares, aliases, annotations, contacts.")]
    [InlineData("{\"aliases\": [],\n\"accounts\": []}", "\"accounts\" stands before \"aliases\".")]
    [InlineData("{\"accounts\": [], \"accounts\": []}", "\"accounts\" stands twice.")]
    [InlineData("{\"accounts\": {}}", "\"accounts\" is no list.")]
    [InlineData("{\"version\": 3}", "the file has version 3, and this program reads versions up to 2.")]
    [InlineData("{\n\"accounts\": [\n{\"address\": \"a@demo.test\"}\n{]", "Line 4: this is no JSON")]
    [InlineData("{\"accounts\": [", "this is no JSON")]
    [InlineData("", "this is no JSON")]
    public async Task What_is_no_tree_is_said_with_its_line(string text, string complaint) =>
        Assert.Contains(complaint, (await Assert.ThrowsAsync<AccountRuleException>(() => TreeAsync(text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_item_that_never_ends_is_not_kept()
    {
        var text = "{\"accounts\": [ { \"address\": \"" + new string('x', DirectoryTreeReader.MaxItem + 1);
        Assert.Contains("more than", (await Assert.ThrowsAsync<AccountRuleException>(() => TreeAsync(text, 100_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_accounts_is_read_with_its_quotes_and_lists()
    {
        var items = await SheetAsync("\uFEFFAddress,name,password,quota,groups,aliases,enabled\r\n"
            + "a@demo.test,\"Martin, \"\"Claire\"\"\",soleil-42-papier,5GB,\"ventes; bureau\",\"x@demo.test y@demo.test\",yes\r\n"
            + "\r\n,,\r\n"
            + "b@demo.test\r\n"
            + "c@demo.test,\"two\nlines\",,,,,oui\n"
            + "d@demo.test,,,,,,peut-être\n"
            + "e@demo.test,1,2,3,4,5,yes,7\n"
            + ",nobody\n");
        var first = (TreeAccount)items[0];
        Assert.Equal(("Martin, \"Claire\"", "soleil-42-papier", "5GB", true), (first.Name, first.Password, first.Quota, first.Enabled));
        Assert.Equal(["ventes", "bureau"], first.Groups!);
        Assert.Equal(["x@demo.test", "y@demo.test"], first.Addresses!.Select(one => one.Address));
        Assert.Equal(new TreeAccount("b@demo.test") { Line = 5, TakesDefaults = true }, items[1]);
        Assert.Equal(("two\nlines", 6), (((TreeAccount)items[2]).Name, items[2].Line));
        Assert.Equal([8, 9, 10], items.Skip(3).Select(item => item.Line));
        Assert.Equal(["\"enabled\" is \"peut-être\"; allowed is yes or no.", "The line has 8 fields, and there are 7 columns.", "The line has no address."], items.OfType<TreeFault>().Select(fault => fault.Reason));
        Assert.Equal("b@demo.test", ((TreeAccount)(await SheetAsync("name;address\nB;b@demo.test\n"))[0]).Address);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("name,quota\n", "The first line names no column \"address\".")]
    [InlineData("address,mail\n", "The first line names a column \"mail\"; there are address, name, password")]
    [InlineData("address,name,Name\n", "The first line names the column \"name\" twice.")]
    public async Task A_table_without_a_head_is_refused(string text, string complaint) =>
        Assert.Contains(complaint, (await Assert.ThrowsAsync<AccountRuleException>(() => SheetAsync(text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_quote_that_is_not_closed_costs_its_line_and_says_how_far_it_reached()
    {
        var fault = Assert.IsType<TreeFault>(Assert.Single(await SheetAsync("address,name\na@demo.test,\"x\nb@demo.test,y\n")));
        Assert.Equal("A quote is not closed; the lines up to 3 were taken for it.", fault.Reason);
        var latin = Assert.IsType<TreeFault>(Assert.Single(await ReadOctetsAsync([.. "address,name\na@demo.test,"u8, 0xE9, (byte)'\n'])));
        Assert.Contains("not UTF-8", latin.Reason, StringComparison.Ordinal);

        static async Task<List<TreeItem>> ReadOctetsAsync(byte[] octets)
        {
            var items = new List<TreeItem>();
            await foreach (var item in AccountSheet.ReadAsync(new MemoryStream(octets), default)) items.Add(item);
            return items;
        }
    }
}
