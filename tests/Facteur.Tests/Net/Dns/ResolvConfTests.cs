using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dns;

/// <summary>The system's own list of resolvers.</summary>
public sealed class ResolvConfTests
{
    [Fact]
    public void Servers_and_patience_are_taken_and_the_search_list_is_not()
    {
        var conf = ResolvConf.Parse("""
            # made by somebody
            ; nameserver 192.0.2.9
            domain corp.example
            search corp.example example
            nameserver 192.0.2.1   # first
            nameserver	2001:db8::53
            nameserver not-an-address
            nameserver
            options rotate timeout:2 attempts:3 edns0
            """);
        Assert.Equal(["192.0.2.1:53", "[2001:db8::53]:53"], conf.Servers.Select(server => server.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(2), 3), (conf.QueryTimeout, conf.Attempts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("options timeout:x attempts: timeout:-1 attempts:99999999999")]
    public void Without_words_the_resolver_of_this_machine_is_asked(string text)
    {
        var conf = ResolvConf.Parse(text);
        Assert.Equal("127.0.0.1:53", Assert.Single(conf.Servers).ToString());
        Assert.Equal((TimeSpan.FromSeconds(5), 2), (conf.QueryTimeout, conf.Attempts));
    }

    [Fact]
    public void Values_have_bounds()
    {
        var conf = ResolvConf.Parse("options timeout:0 attempts:0\n" + string.Concat(Enumerable.Range(1, 50).Select(i => $"nameserver 192.0.2.{i}\n")));
        Assert.Equal((TimeSpan.FromSeconds(1), 1, 8), (conf.QueryTimeout, conf.Attempts, conf.Servers.Count));
    }

    [Fact]
    public void The_file_is_followed_when_it_changes()
    {
        var time = new FakeTime();
        var path = Path.Combine(Directory.CreateTempSubdirectory("facteur-dns-").FullName, "resolv.conf");
        try
        {
            var set = new NameServerSet(new StubResolverOptions { ResolvConf = path }, time);
            Assert.Equal("127.0.0.1:53", set.InOrder()[0].EndPoint.ToString());
            File.WriteAllText(path, "nameserver 192.0.2.1\nnameserver 127.0.0.53\n");
            Assert.Equal("127.0.0.1:53", set.InOrder()[0].EndPoint.ToString());
            time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal([("127.0.0.53:53", true), ("192.0.2.1:53", false)], set.InOrder().Select(server => (server.EndPoint.ToString(), server.IsTrusted)));
            var kept = set.InOrder()[0];
            File.WriteAllText(path, "nameserver 127.0.0.53\n");
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1));
            time.Advance(TimeSpan.FromSeconds(5));
            Assert.Same(kept, Assert.Single(set.InOrder()));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
