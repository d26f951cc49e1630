using System.Security.Cryptography.X509Certificates;
using Facteur.Net;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net;

public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mail.example.org", "mail.example.org")]
    [InlineData("MAIL.EXAMPLE.ORG.", "mail.example.org")]
    [InlineData("imap.example.net", "*.example.net")]
    [InlineData("a.b.example.net", "mail.example.org")]
    [InlineData("example.net", "mail.example.org")]
    [InlineData("unknown.test", "mail.example.org")]
    [InlineData("", "mail.example.org")]
    [InlineData(null, "mail.example.org")]
    public void The_name_asked_for_selects_the_certificate(string? asked, string expected)
    {
        var store = CertificateStore.Load([Save("mail.example.org"), Save("*.example.net")], TimeProvider.System);
        Assert.Equal(expected, NameOf(store, asked));
    }

    [Fact]
    public void A_reload_takes_new_files_and_an_error_keeps_the_old()
    {
        var files = Save("old.test", as_: "one");
        var store = CertificateStore.Load([files], TimeProvider.System);
        Save("new.test", as_: "one");
        store.Reload();
        Assert.Equal("new.test", NameOf(store, null));
        File.WriteAllText(files.Certificate, "nonsense");
        Assert.Contains(files.Certificate, Assert.Throws<CertificateException>(store.Reload).Message, StringComparison.Ordinal);
        File.Delete(files.Certificate);
        Assert.Contains("does not exist", Assert.Throws<CertificateException>(store.Reload).Message, StringComparison.Ordinal);
        Assert.Equal("new.test", NameOf(store, null));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var one = Save("one.test");
        var two = Save("two.test");
        Assert.Throws<CertificateException>(() => CertificateStore.Load([one with { Key = two.Key }], TimeProvider.System));
    }

    [Fact]
    public void An_expired_certificate_does_not_replace_one_that_works()
    {
        var time = new FakeTime(DateTimeOffset.UtcNow);
        var store = CertificateStore.Load([Save("one.test")], time);
        time.Advance(TimeSpan.FromDays(31));
        Assert.Throws<CertificateException>(store.Reload);
    }

    [Fact]
    public void The_local_authority_vouches_for_the_host_and_localhost()
    {
        var authority = new LocalAuthority(folder["tls"], "mail.example.org", TimeProvider.System);
        Assert.True(authority.Ensure());
        Assert.False(authority.Ensure());
        using var root = X509CertificateLoader.LoadCertificateFromFile(folder["tls/ca.pem"]);
        using var server = X509CertificateLoader.LoadCertificateFromFile(authority.Files.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(server));
        Assert.All(["mail.example.org", "localhost", "127.0.0.1", "::1"], name => Assert.True(server.MatchesHostname(name)));
        foreach (var key in (string[])["tls/ca.key", "tls/server.key"])
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[key]));
    }

    [Fact]
    public void The_local_certificate_is_renewed_before_its_end_by_the_same_authority()
    {
        var time = new FakeTime(DateTimeOffset.UtcNow);
        var authority = new LocalAuthority(folder["tls"], "mail.example.org", time);
        authority.Ensure();
        var root = File.ReadAllText(folder["tls/ca.pem"]);
        time.Advance(TimeSpan.FromDays(59));
        Assert.False(authority.Ensure());
        time.Advance(TimeSpan.FromDays(2));
        Assert.True(authority.Ensure());
        Assert.Equal(root, File.ReadAllText(folder["tls/ca.pem"]));
        Assert.True(new LocalAuthority(folder["tls"], "other.example.org", time).Ensure());
    }

    private CertificateFiles Save(string name, string? as_ = null)
    {
        as_ ??= name.Replace('*', '_');
        using var certificate = TestCertificate.Create(name);
        var files = new CertificateFiles(folder[as_ + ".pem"], folder[as_ + ".key"]);
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return files;
    }

    private static string NameOf(CertificateStore store, string? asked) =>
        store.Select(asked).ServerCertificateContext!.TargetCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
}
