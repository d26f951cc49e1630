using System.Security.Cryptography;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>Keys in the DNS and what may be wrong with them (RFC 6376 §3.6.1, §6.1.2).</summary>
public sealed class KeyTests
{
    private const string Name = "r._domainkey.example.org";
    private const string Public = DkimModel.RsaPublic;

    [Theory]
    [InlineData("p=" + Public)]
    [InlineData("v=DKIM1;p=" + Public + ";")]
    [InlineData(" v=DKIM1 ; h=sha1 : sha256 ; k=rsa ; n=what=20ever; s=email ; t=s:x ; p=" + Public + " ; future=x")]
    [InlineData("v=DKIM1; s=*; g=nobody; p=" + Public)]
    public async Task Records_of_each_form_are_read(string record) => Assert.Equal((DkimVerdict.Pass, null), await CheckAsync(record));

    [Theory]
    [InlineData("v=DKIM1; p=", "the key is revoked")]
    [InlineData("v=DKIM1; h=sha1; p=" + Public, "the key is not for sha256 (h=)")]
    [InlineData("v=DKIM1; s=tlsrpt; p=" + Public, "the key is not for mail (s=)")]
    [InlineData("v=DKIM1; k=ed25519; p=" + DkimModel.Ed25519Public, "the key is of type ed25519")]
    [InlineData("v=DKIM1; k=rsa; p=" + DkimModel.Ed25519Public, "the key is no RSA key")]
    [InlineData("v=DKIM1; k=rsa", "the key record r._domainkey.example.org cannot be read")]
    [InlineData("v=DKIM1; p=%" + Public, "the key record r._domainkey.example.org cannot be read")]
    [InlineData("k=rsa; v=DKIM1; p=" + Public, "the key record r._domainkey.example.org cannot be read")]
    [InlineData("v=DKIM1; p=x; p=" + Public, "the key record r._domainkey.example.org cannot be read")]
    [InlineData("v=DKIM2; p=" + Public, "the key record r._domainkey.example.org cannot be read")]
    [InlineData("v=spf1 -all", "there is no key at r._domainkey.example.org")]
    public async Task An_unfit_record_is_permerror(string record, string problem) => Assert.Equal((DkimVerdict.PermError, problem), await CheckAsync(record));

    [Fact]
    public async Task The_fitting_one_of_several_records_counts()
    {
        using var other = RSA.Create(1024);
        var key = Convert.ToBase64String(other.ExportSubjectPublicKeyInfo());
        Assert.Equal((DkimVerdict.Pass, null), await CheckAsync("v=spf1 -all", "p=", "p=" + key, "p=" + Public));
        Assert.Equal(DkimVerdict.Fail, (await CheckAsync("p=" + key)).Verdict);
    }

    [Fact]
    public async Task A_key_as_RSAPublicKey_is_read_too()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(DkimModel.RsaPem);
        Assert.Equal((DkimVerdict.Pass, null), await CheckAsync("p=" + Convert.ToBase64String(rsa.ExportRSAPublicKey())));
    }

    // RFC 8301 §3.2.
    [Theory]
    [InlineData(512, "the key has 512 bits only")]
    [InlineData(8192, "the key has 8192 bits")]
    public async Task Keys_too_short_or_too_long_are_refused(int bits, string problem)
    {
        var modulus = new byte[bits / 8];
        modulus.AsSpan().Fill(0xFF);
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [1, 0, 1] });
        Assert.Equal((DkimVerdict.PermError, problem), await CheckAsync("p=" + Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public async Task A_key_with_a_huge_exponent_is_refused()
    {
        var modulus = new byte[256];
        modulus.AsSpan().Fill(0xFF);
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [.. Enumerable.Repeat((byte)0x7F, 200)] });
        Assert.Equal(DkimVerdict.PermError, (await CheckAsync("p=" + Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()))).Verdict);
    }

    [Fact]
    public void Keys_used_of_late_are_kept_and_no_more_than_that()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(DkimModel.RsaPem);
        var modulus = rsa.ExportParameters(false).Modulus!;
        var keys = new VerificationKeys();
        var first = keys.Get("rsa", Spki(modulus, 3), out _);
        Assert.NotNull(first);
        for (var n = 1; n <= 1000; n++)
        {
            Assert.NotNull(keys.Get("rsa", Spki(modulus, 3 + (2 * n)), out _));
            if (n % 100 == 0) Assert.Same(first, keys.Get("rsa", Spki(modulus, 3), out _));
        }
        for (var n = 1001; n <= 2000; n++) keys.Get("rsa", Spki(modulus, 3 + (2 * n)), out _);
        Assert.NotSame(first, keys.Get("rsa", Spki(modulus, 3), out _));
        Assert.Null(keys.Get("rsa", [1, 2, 3], out var problem));
        Assert.Equal("the key is no RSA key", problem);
    }

    [Fact]
    public async Task Testing_and_exact_domain_are_flags()
    {
        var zone = new ZoneResolver().Txt(Name, "v=DKIM1; t=y:s; p=" + Public);
        var exact = await Verifying.OneAsync(DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), zone);
        Assert.Equal((DkimVerdict.Pass, true), (exact.Verdict, exact.IsTesting));
        var below = await Verifying.OneAsync(DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags.Replace("s=r;", "s=r; i=@mail.example.org;", StringComparison.Ordinal)), zone);
        Assert.Equal((DkimVerdict.PermError, "the key is not for subdomains (t=s)"), (below.Verdict, below.Problem));
    }

    [Theory]
    [InlineData(DnsStatus.Timeout, DkimVerdict.TempError)]
    [InlineData(DnsStatus.ServerFailure, DkimVerdict.TempError)]
    [InlineData(DnsStatus.Bogus, DkimVerdict.TempError)]
    [InlineData(DnsStatus.NoSuchName, DkimVerdict.PermError)]
    [InlineData(DnsStatus.NoData, DkimVerdict.PermError)]
    public async Task No_answer_is_temporary_and_no_record_is_not(DnsStatus status, DkimVerdict verdict)
    {
        var zone = new ZoneResolver().Fail(Name, status);
        Assert.Equal(verdict, (await Verifying.OneAsync(DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), zone)).Verdict);
    }

    [Fact]
    public async Task A_CNAME_leads_to_the_key()
    {
        var zone = new ZoneResolver().Cname(Name, "keys.provider.example").Txt("keys.provider.example", "p=" + Public);
        Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync(DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), zone)).Verdict);
    }

    private static byte[] Spki(byte[] modulus, int exponent)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [(byte)(exponent >> 16), (byte)(exponent >> 8), (byte)exponent] });
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private static async Task<(DkimVerdict Verdict, string? Problem)> CheckAsync(params string[] records)
    {
        var result = await Verifying.OneAsync(DkimModel.Sign(VerifyTests.Message, VerifyTests.Tags), new ZoneResolver().Txt(Name, records));
        return (result.Verdict, result.Problem);
    }
}
