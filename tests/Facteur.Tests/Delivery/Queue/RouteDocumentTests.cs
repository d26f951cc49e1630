using System.Text.Json;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Transport;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>The setting "route" as people write it.</summary>
public sealed class RouteDocumentTests
{
    [Fact]
    public void A_smarthost_with_a_login_is_verified()
    {
        var route = Read("""{"host": "Relay.Example", "user": "u", "password": "p"}""").For("example.org");
        Assert.Equal(new SmarthostRoute("relay.example", 587, SmarthostTls.StartTls) { Credentials = new RouteCredentials("u", "p") }, route);
        Assert.Equal("[relay.example]:587", RouteTable.Destination(route!));
    }

    [Theory]
    [InlineData("""{"host": "relay.example"}""", 25, SmarthostTls.Opportunistic)]
    [InlineData("""{"host": "relay.example", "tls": "none", "port": 26}""", 26, SmarthostTls.Opportunistic)]
    [InlineData("""{"host": "relay.example", "tls": "tls"}""", 465, SmarthostTls.Implicit)]
    [InlineData("""{"host": "relay.example", "tls": "starttls"}""", 25, SmarthostTls.StartTls)]
    public void Ports_follow_what_is_asked_for(string json, int port, SmarthostTls tls) =>
        Assert.Equal(new SmarthostRoute("relay.example", port, tls), Read(json).For("example.org"));

    [Fact]
    public void A_domain_has_its_own_way_and_names_below_it_another()
    {
        var document = Read("""
            {"host": "relay.example", "domains": {
              "example.org": {"host": "10.0.0.1"},
              "*.example.org": {"host": "10.0.0.2"},
              "example.net": {"direct": true}}}
            """);
        Assert.Equal("[10.0.0.1]:25", RouteTable.Destination(document.For("example.org")!));
        Assert.Equal("[10.0.0.2]:25", RouteTable.Destination(document.For("a.b.example.org")!));
        Assert.Equal(new MxRoute("example.net"), document.For("example.net"));
        Assert.Equal("[relay.example]:25", RouteTable.Destination(document.For("other.test")!));
        Assert.Null(Read("""{"domains": {"example.org": {"host": "10.0.0.1"}}}""").For("other.test"));
    }

    [Theory]
    [InlineData("""{"host": "a b"}""")]
    [InlineData("""{"host": "relay.example", "port": 0}""")]
    [InlineData("""{"host": "relay.example", "tls": "maybe"}""")]
    [InlineData("""{"host": "relay.example", "user": "u"}""")]
    [InlineData("""{"host": "relay.example", "user": "u", "password": "p", "tls": "none"}""")]
    [InlineData("""{"host": "relay.example", "direct": true}""")]
    [InlineData("""{"domains": {"not a domain": {"direct": true}}}""")]
    [InlineData("""{"domains": {"example.org": {"host": ""}}}""")]
    public void Faults_are_named(string json) => Assert.NotNull(Read(json).Fault());

    [Fact]
    public void Right_documents_have_no_fault() => Assert.Null(Read("""{"host": "relay.example", "domains": {"*.example.org": {"direct": true}}}""").Fault());

    private static RouteDocument Read(string json) => JsonSerializer.Deserialize<RouteDocument>(json, JsonSerializerOptions.Web)!;
}
