using System.Net;
using Facteur.Net;

namespace Facteur.Tests.Net;

public class ConnectionGateTests
{
    private readonly ConnectionGate gate = new(new ConnectionGateOptions { MaxConnections = 5, MaxConnectionsPerAddress = 2 });

    [Fact]
    public void An_address_has_its_share_and_gets_it_back()
    {
        Assert.True(Enter("192.0.2.1"));
        Assert.True(Enter("::ffff:192.0.2.1"));
        Assert.False(Enter("192.0.2.1"));
        Assert.True(Enter("192.0.2.2"));
        gate.Leave(IPAddress.Parse("192.0.2.1"));
        Assert.True(Enter("192.0.2.1"));
    }

    [Fact]
    public void A_subnet_of_64_bits_counts_as_one_address()
    {
        Assert.True(Enter("2001:db8:1:1::1"));
        Assert.True(Enter("2001:db8:1:1:ffff::2"));
        Assert.False(Enter("2001:db8:1:1::3"));
        Assert.True(Enter("2001:db8:1:2::1"));
    }

    [Fact]
    public void Loopback_has_no_share_of_its_own_but_counts_in_all()
    {
        for (var i = 0; i < 5; i++)
            Assert.True(Enter("127.0.0.1"));
        Assert.False(Enter("127.0.0.1"));
        Assert.False(Enter("192.0.2.1"));
    }

    private bool Enter(string address) => gate.TryEnter(IPAddress.Parse(address));
}
