using System.Net;
using Facteur.Delivery.Authentication.Spf;

namespace Facteur.Tests.Delivery.Authentication.Spf;

/// <summary>Expansions of RFC 7208 §7.4.</summary>
public sealed class SpfMacroTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d3}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("%{p}", "mx.example.org")]
    [InlineData("%{c} %{r} %{t}%%%_%-", "192.0.2.3 mx.example.net 1700000000% %20")]
    [InlineData("%{S}", "strong-bad%40email.example.com")]
    public void Examples_for_IPv4(string macro, string expansion) => Assert.Equal(expansion, Expand(macro, "192.0.2.3"));

    [Theory]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com")]
    [InlineData("%{c}", "2001:db8::cb01")]
    public void Examples_for_IPv6(string macro, string expansion) => Assert.Equal(expansion, Expand(macro, "2001:db8::cb01"));

    [Theory]
    [InlineData("%")]
    [InlineData("%{")]
    [InlineData("%{}")]
    [InlineData("%{d")]
    [InlineData("%{d0}")]
    [InlineData("%{d000}")]
    [InlineData("%{x}")]
    [InlineData("%{d2rr}")]
    [InlineData("%{dr2}")]
    [InlineData("%{d|}")]
    [InlineData("%(d)")]
    [InlineData("tab\there")]
    [InlineData("\u00e9")]
    public void What_is_no_macro_is_refused(string macro) => Assert.Null(SpfMacroString.Parse(macro, SpfMacroPlace.Explanation));

    [Fact]
    public void More_parts_than_there_are_is_all_of_them() => Assert.Equal("email.example.com", Expand("%{d99999999999}", "192.0.2.3"));

    private static string? Expand(string macro, string client) =>
        new SpfSubject(IPAddress.Parse(client), "strong-bad", "email.example.com", "helo.example.org", "mx.example.net", Now)
            .Expand(SpfMacroString.Parse(macro, SpfMacroPlace.Explanation)!, "email.example.com", "mx.example.org");
}
