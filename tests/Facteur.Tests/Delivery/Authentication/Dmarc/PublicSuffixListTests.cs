using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Delivery.Authentication.Dmarc;

public sealed class PublicSuffixListTests
{
    private const string Rules = """
        // ===BEGIN ICANN DOMAINS===
        com
        jp
        ac.jp
        kobe.jp trailing words
        *.kobe.jp
        !city.kobe.jp
        *.ck
        !www.ck
        uk
        co.uk
        // xn--55qx5d.cn
        cn
        公司.cn

        // ===BEGIN PRIVATE DOMAINS===
        hosting.com
        """;

    [Theory]
    [InlineData("com", "com")]
    [InlineData("example.com", "example.com")]
    [InlineData("a.b.c.example.com", "example.com")]
    [InlineData("example.unlisted", "example.unlisted")]
    [InlineData("a.example.unlisted", "example.unlisted")]
    [InlineData("a.co.uk", "a.co.uk")]
    [InlineData("b.a.co.uk", "a.co.uk")]
    [InlineData("co.uk", "co.uk")]
    [InlineData("example.uk", "example.uk")]
    [InlineData("b.c.kobe.jp", "b.c.kobe.jp")]
    [InlineData("a.b.c.kobe.jp", "b.c.kobe.jp")]
    [InlineData("c.kobe.jp", "c.kobe.jp")]
    [InlineData("city.kobe.jp", "city.kobe.jp")]
    [InlineData("www.city.kobe.jp", "city.kobe.jp")]
    [InlineData("www.ck", "www.ck")]
    [InlineData("www.www.ck", "www.ck")]
    [InlineData("b.test.ck", "b.test.ck")]
    [InlineData("a.b.test.ck", "b.test.ck")]
    [InlineData("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn")]
    [InlineData("shop.customer.hosting.com", "customer.hosting.com")]
    [InlineData("hosting.com", "hosting.com")]
    [InlineData("localhost", "localhost")]
    public void Organizational_domains(string domain, string expected) => Assert.Equal(expected, Read(Rules).OrganizationalDomain(domain));

    [Theory]
    [InlineData("com", true)]
    [InlineData("c.kobe.jp", true)]
    [InlineData("city.kobe.jp", false)]
    [InlineData("hosting.com", true)]
    [InlineData("example.com", false)]
    public void Suffixes_are_known(string domain, bool suffix) => Assert.Equal(suffix, Read(Rules).IsPublicSuffix(domain));

    [Fact]
    public void Debians_list_is_read()
    {
        var path = new DmarcOptions().PublicSuffixListPath;
        if (!File.Exists(path)) Assert.Skip($"{path} is not there (package publicsuffix)");
        using var reader = File.OpenText(path);
        var list = PublicSuffixList.Parse(reader);
        Assert.True(list.Count > 5000, $"{list.Count} rules");
        Assert.Equal("example.gouv.fr", list.OrganizationalDomain("impots.example.gouv.fr"));
        Assert.Equal("bbc.co.uk", list.OrganizationalDomain("mail.bbc.co.uk"));
        Assert.Equal("city.kawasaki.jp", list.OrganizationalDomain("www.city.kawasaki.jp"));
        Assert.Equal("someone.github.io", list.OrganizationalDomain("www.someone.github.io"));
    }

    [Fact]
    public void A_file_that_changes_is_read_again_and_one_that_goes_bad_is_not()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "list.dat");
        var time = new FakeTime();
        var file = new PublicSuffixFile(path, time, NullLogger<PublicSuffixFile>.Instance);
        Assert.Null(file.Current);

        File.WriteAllText(path, "com\n");
        Assert.Null(file.Current); // not looked at again yet
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, file.Current!.Count);

        File.WriteAllText(path, "com\nco.uk\n");
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, file.Current!.Count);

        File.WriteAllText(path, "// nothing\n");
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, file.Current!.Count);

        File.Delete(path);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, file.Current!.Count);
    }

    internal static PublicSuffixList Read(string rules) => PublicSuffixList.Parse(new StringReader(rules));
}
