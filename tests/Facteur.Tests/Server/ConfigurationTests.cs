using Facteur.Server.Configuration;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Facteur.Tests.Server;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_keys_are_read_and_comments_are_allowed()
    {
        var configuration = Load("""
            {
              // the name in our MX record
              "hostname": "Mail.Exämple.org.",
              "data": "store",
              "listen": {
                "imaps": ["*:993", "127.0.0.1:1993"],
                "smtp": ["[::1]:25", "localhost:2525"], /* two */
              },
              "tls": [{"certificate": "a.pem", "key": "a.key"}, {"certificate": "/b.pem", "key": "/b.key"}],
              "auth": {"plaintext": "loopback"},
              "log": "warning",
              "proxies": ["192.0.2.0/24"],
              "dns": ["127.0.0.1", "[::1]:5353"],
              "outbound": { "allow": ["10.0.0.0/8"], "port": 2526, "bind": ["192.0.2.1"] }
            }
            """);
        Assert.Equal("mail.xn--exmple-cua.org", configuration.Hostname);
        Assert.Equal(folder["store"], configuration.Data);
        Assert.Equal(["imaps", "imaps", "smtp", "smtp"], configuration.Listen.Select(l => l.Kind.Name));
        Assert.Contains("127.0.0.1:2525", configuration.Listen.Select(l => l.EndPoint.ToString()));
        Assert.Equal([folder["a.pem"], "/b.pem"], configuration.Tls.Select(t => t.Certificate));
        Assert.Equal(PlaintextAuth.Loopback, configuration.PlaintextAuth);
        Assert.Equal(LogLevel.Warning, configuration.Log);
        Assert.Single(configuration.Proxies);
        Assert.Equal(["127.0.0.1:53", "[::1]:5353"], configuration.Dns.Select(server => server.ToString()));
        Assert.Equal((2526, "10.0.0.0/8", "192.0.2.1"), (configuration.Outbound.Port, configuration.Outbound.Allow[0].ToString(), configuration.Outbound.Bind[0].ToString()));
    }

    [Fact]
    public void An_empty_configuration_makes_a_working_server()
    {
        var configuration = Load("{}");
        Assert.Equal([25, 587, 2525, 465, 143, 993, 110, 995, 4190], configuration.Listen.Select(l => l.EndPoint.Port));
        Assert.Equal(folder["data"], configuration.Data);
        Assert.Equal(PlaintextAuth.Never, configuration.PlaintextAuth);
        Assert.Empty(configuration.Tls);
    }

    [Fact]
    public void A_listener_is_a_port_an_address_an_object_or_a_list_of_these()
    {
        var listen = Load("""
            {
              "listen": {
                "smtp": 25, "submission": [587, "127.0.0.1:2525"], "pop3": 0, "pop3s": [],
                "imaps": [{ "address": "0.0.0.0:993", "clientCertificates": "required", "clientCa": "ca.pem", "preauth": true }, { "address": 1993 }],
                "https": { "address": 443, "clientCertificates": "optional", "clientCa": "/ca.pem" }
              }
            }
            """).Listen;
        Assert.Equal(["smtp 25 None", "submission 587 None", "submission 2525 None", "imaps 993 Required", "imaps 1993 None", "https 443 Optional"],
            listen.OrderBy(one => ListenerKind.All.ToList().IndexOf(one.Kind)).Select(one => $"{one.Kind.Name} {one.EndPoint.Port} {one.Rules.ClientCertificates}"));
        Assert.Equal(folder["ca.pem"], Assert.Single(listen, one => one.Rules.Preauth).Rules.ClientCa);
        Assert.Equal("/ca.pem", listen.Single(one => one.Kind.Name == "https").Rules.ClientCa);
    }

    [Fact]
    public void The_example_of_the_page_on_listeners_is_right()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Facteur.slnx"))) at = at.Parent!;
        var page = File.ReadAllText(Path.Combine(at.FullName, "docs", "operate", "listeners.md"));
        var listen = Load(page.Split("```json\n")[1].Split("```")[0]).Listen;
        Assert.Equal([25, 443, 993, 9993, 587, 2525, 465], listen.OrderBy(one => one.Kind.Name == "smtp" ? "" : one.Kind.Name, StringComparer.Ordinal).Select(one => one.EndPoint.Port));
        Assert.Equal("10.0.0.1:9993", listen.Single(one => one.Rules.Preauth).EndPoint.ToString());
    }

    [Fact]
    public void One_certificate_needs_no_list() =>
        Assert.Single(Load("""{"tls": {"certificate": "a.pem", "key": "a.key"}}""").Tls);

    [Theory]
    [InlineData("""{"hostnam": "a"}""", "The key hostnam is unknown (did you mean hostname?); allowed are hostname, data, listen, tls, auth, log, proxies, dns, outbound.")]
    [InlineData("""{"colour": "a"}""", "The key colour is unknown; allowed are hostname, data, listen, tls, auth, log, proxies, dns, outbound.")]
    [InlineData("""{"hostname": "not a name"}""", "The key hostname is \"not a name\"; allowed is a host name such as mail.example.org.")]
    [InlineData("""{"hostname": "192.0.2.1"}""", "The key hostname is \"192.0.2.1\"; allowed is a host name such as mail.example.org.")]
    [InlineData("""{"hostname": {"a": 1}}""", "The key hostname is an object or a list; allowed is a host name such as mail.example.org.")]
    [InlineData("""{"listen": {"imapss": ["*:993"]}}""", "The key listen.imapss is unknown (did you mean imaps?); allowed are smtp, submission, submissions, lmtp, imap, imaps, pop3, pop3s, managesieve, http, https.")]
    [InlineData("""{"listen": {"imap": ["*:143", "nowhere"]}}""", "The key listen.imap[1] is \"nowhere\"; allowed is address:port, such as 0.0.0.0:143, [::1]:143, localhost:143 or *:143 for all addresses.")]
    [InlineData("""{"listen": {"imap": ["*:143000"]}}""", "The key listen.imap[0] is \"*:143000\"; allowed is *")]
    [InlineData("""{"listen": {"imap": ["::1:143"]}}""", "The key listen.imap[0] is \"::1:143\"; allowed is *")]
    [InlineData("""{"listen": {"imap": "143x"}}""", "The key listen.imap is \"143x\"; allowed is address:port*")]
    [InlineData("""{"listen": {"imap": 0, "pop3": []}}""", "The key listen is an object or a list; allowed is an object under *")]
    [InlineData("""{"listen": {"imap": ["127.0.0.1:0", "127.0.0.1:0"]}}""", "The key listen.imap[1] is \"127.0.0.1:0\"; allowed is an address that imap does not have already.")]
    [InlineData("""{"listen": {"imaps": {"adress": "*:993"}}}""", "The key listen.imaps.adress is unknown (did you mean address?); allowed are address, clientCertificates, clientCa, preauth.")]
    [InlineData("""{"listen": {"imaps": {"clientCa": "ca.pem", "clientCertificates": "required"}}}""", "The key listen.imaps.address is empty; allowed is address:port*")]
    [InlineData("""{"listen": {"imaps": [{"address": 993, "clientCertificates": "always"}]}}""", "The key listen.imaps[0].clientCertificates is \"always\"; allowed is none, optional or required.")]
    [InlineData("""{"listen": {"imaps": {"address": 993, "clientCertificates": "required"}}}""", "The key listen.imaps.clientCa is empty; allowed is the path of a PEM file with the authorities *")]
    [InlineData("""{"listen": {"imaps": {"address": 993, "clientCa": "ca.pem"}}}""", "The key listen.imaps.clientCertificates is empty; allowed is optional or required where there is a clientCa.")]
    [InlineData("""{"listen": {"imap": {"address": 143, "clientCertificates": "optional", "clientCa": "ca.pem", "preauth": true}}}""", "The key listen.imap.preauth is \"True\"; allowed is true only on imaps *")]
    [InlineData("""{"listen": {"http": {"address": 80, "clientCertificates": "optional", "clientCa": "ca.pem"}}}""", "The key listen.http.clientCertificates is \"optional\"; allowed is none: there is no TLS on http.")]
    [InlineData("""{"listen": {"imap": ["*:143"], "imaps": ["*:143"]}}""", "The key listen.imaps[0] is \"*:143\"; allowed is an address that imap does not have already.")]
    [InlineData("""{"listen": {}}""", "The key listen is empty; allowed is an object under smtp, *")]
    [InlineData("""{"tls": {"certificate": "a.pem"}}""", "The key tls.key is missing or empty; allowed is the path of a PEM file.")]
    [InlineData("""{"tls": [{"certificate": "a.pem", "kee": "b"}]}""", "The key tls[0].kee is unknown (did you mean key?); allowed are certificate, key.")]
    [InlineData("""{"auth": {"plaintext": "always"}}""", "The key auth.plaintext is \"always\"; allowed is never or loopback.")]
    [InlineData("""{"log": "loud"}""", "The key log is \"loud\"; allowed is trace, debug, information, warning or error.")]
    [InlineData("""{"dns": ["nowhere"]}""", "The key dns[0] is \"nowhere\"; allowed is an address *")]
    [InlineData("""{"outbound": {"port": 70000}}""", "The key outbound.port is \"70000\"; allowed is a port from 1 to 65535.")]
    [InlineData("""{"outbound": {"allw": []}}""", "The key outbound.allw is unknown (did you mean allow?); allowed are allow, port, bind.")]
    [InlineData("""{"proxies": ["nowhere"]}""", "The key proxies[0] is \"nowhere\"; allowed is a network *")]
    [InlineData("""{"hostname": }""", "The configuration file * is no JSON: *")]
    public void A_wrong_configuration_is_told_in_one_sentence(string json, string sentence)
    {
        var message = Assert.Throws<ConfigurationException>(() => Load(json)).Message;
        Assert.Matches(TranscriptScript.WildcardPattern(sentence), message);
    }

    [Fact]
    public void A_missing_file_is_told() =>
        Assert.EndsWith("does not exist.", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(folder["none.json"])).Message, StringComparison.Ordinal);

    private FacteurConfiguration Load(string json)
    {
        File.WriteAllText(folder["facteur.json"], json);
        return ConfigurationFile.Load(folder["facteur.json"]);
    }
}
