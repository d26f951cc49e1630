using System.Net;
using Facteur.Net.Dialing;

namespace Facteur.Tests.Net.Dialing;

/// <summary>Which addresses a connection on behalf of others may reach.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.0.170")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("192.168.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Addresses_kept_for_something_else_are_not_public(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("128.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("192.167.255.255")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a01:e00::1")]
    public void The_rest_is(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Fact]
    public void A_rule_lets_its_networks_pass_as_well()
    {
        var rule = DialRule.Default(DialPurpose.SmartHost).AllowNetworks("10.1.0.0/16", "fd00::/8", "127.0.0.1");
        Assert.All(["10.1.2.3", "::ffff:10.1.2.3", "fd00::7", "127.0.0.1", "1.1.1.1"], text => Assert.True(rule.Allows(IPAddress.Parse(text)), text));
        Assert.All(["10.2.0.1", "127.0.0.2", "fc00::1", "::1"], text => Assert.False(rule.Allows(IPAddress.Parse(text)), text));
    }

    [Fact]
    public void Behind_an_allowed_translator_the_address_inside_counts()
    {
        var rule = DialRule.Default(DialPurpose.Web).AllowNetworks("64:ff9b::/96");
        Assert.True(rule.Allows(IPAddress.Parse("64:ff9b::1.1.1.1")));
        Assert.False(rule.Allows(IPAddress.Parse("64:ff9b::127.0.0.1")));
        Assert.False(rule.Allows(IPAddress.Parse("64:ff9b::192.168.1.1")));
    }

    [Fact]
    public void A_network_that_is_none_is_named() =>
        Assert.Contains("10.0.0.0/33", Assert.Throws<FormatException>(() => DialRule.Default(DialPurpose.Web).AllowNetworks("10.0.0.0/33")).Message, StringComparison.Ordinal);
}
