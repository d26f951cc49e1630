using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>DANE for SMTP (RFC 7672, RFC 6698).</summary>
public sealed class TlsaTests
{
    private static readonly FakeTime time = new();
    private static readonly TestAuthority authority = new(time.GetUtcNow());
    private static readonly X509Certificate2 host = authority.Host("mx.d.example");

    internal static TlsaRecordData Record(byte usage, byte selector, byte matching, X509Certificate2 certificate)
    {
        var selected = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new TlsaRecordData(usage, selector, matching, matching switch { 0 => selected, 1 => SHA256.HashData(selected), _ => SHA512.HashData(selected) });
    }

    [Fact]
    public void Every_selector_and_matching_type_finds_the_host()
    {
        foreach (byte selector in new[] { 0, 1 })
            foreach (byte matching in new[] { 0, 1, 2 })
            {
                Assert.Null(Check([Record(3, selector, matching, host)], host));
                Assert.NotNull(Check([Record(3, selector, matching, authority.Host("mx.d.example"))], host));
            }
    }

    [Fact]
    public void A_host_by_its_own_record_needs_no_name_and_no_date()
    {
        var expired = authority.Expired("other.example");
        Assert.Null(Check([Record(3, 1, 1, expired)], expired));
    }

    [Fact]
    public void An_authority_vouches_for_its_hosts_in_date_and_by_name()
    {
        foreach (byte selector in new[] { 0, 1 })
        {
            var record = Record(2, selector, 1, authority.Issuing);
            Assert.Null(Check([record], host, authority.Issuing));
            Assert.Null(Check([record], authority.Host("d.example"), authority.Issuing)); // the next hop's name
            Assert.Null(Check([record], authority.Host("*.d.example"), authority.Issuing));
            Assert.StartsWith("the certificate is not for", Check([record], authority.Host("mx.other.example"), authority.Issuing), StringComparison.Ordinal);
            Assert.NotNull(Check([record], authority.Host("*.other.example"), authority.Issuing));
            Assert.NotNull(Check([record], authority.Expired("mx.d.example"), authority.Issuing));
            Assert.NotNull(Check([record], host)); // the authority was not sent
        }
    }

    [Fact]
    public void A_root_in_the_record_need_not_be_sent()
    {
        Assert.Null(Check([Record(2, 0, 0, authority.Root)], host, authority.Issuing));
        Assert.NotNull(Check([Record(2, 0, 1, authority.Root)], host, authority.Issuing));
    }

    [Fact]
    public void An_authority_of_the_same_name_is_another()
    {
        // What a forger would do: the same subject and names, another key.
        var forger = new TestAuthority(time.GetUtcNow());
        var forged = forger.Host("mx.d.example");
        Assert.NotNull(Check([Record(2, 0, 1, authority.Issuing)], forged, authority.Issuing));
        Assert.NotNull(Check([Record(2, 0, 1, authority.Issuing)], forged, forger.Issuing, authority.Issuing));
        Assert.NotNull(Check([Record(2, 1, 1, authority.Issuing)], forged, forger.Issuing));
        Assert.NotNull(Check([Record(2, 0, 0, authority.Root)], forged, forger.Issuing));
        // A host certificate is no authority, whatever a record says of it.
        Assert.NotNull(Check([Record(2, 0, 1, host)], forged, host));
    }

    [Fact]
    public void Unusable_records_are_known()
    {
        Assert.Empty(TlsaRecords.Usable([
            Record(0, 1, 1, host), Record(1, 1, 1, host), Record(4, 1, 1, host), Record(3, 2, 1, host), new TlsaRecordData(3, 1, 3, new byte[32]),
            new TlsaRecordData(3, 1, 1, new byte[31]), new TlsaRecordData(3, 1, 2, new byte[32]), new TlsaRecordData(3, 1, 0, [])]));
        Assert.Equal("3 1 1 " + Convert.ToHexStringLower(SHA256.HashData(host.PublicKey.ExportSubjectPublicKeyInfo())), TlsaRecords.Text(Record(3, 1, 1, host)));
    }

    [Fact]
    public void The_strongest_digest_decides()
    {
        var other = authority.Host("mx.d.example");
        var usable = TlsaRecords.Usable([Record(3, 1, 1, host), Record(3, 1, 2, other), Record(3, 0, 1, other)]);
        Assert.Equal([(1, 2), (0, 1)], usable.Select(record => ((int)record.Selector, (int)record.MatchingType)));
        Assert.NotNull(Check(usable, host));
    }

    // RFC 7672 §2.2.2, §2.2.3; the names are those of §3.2.2.
    [Fact]
    public async Task Records_are_looked_for_where_the_chain_is_signed()
    {
        TlsaRecordData[] record = [Record(3, 1, 1, host)];
        var zone = new ZoneResolver().Signed("signed.example").Signed("hosting.example")
            .A("mx.signed.example", "192.0.2.1").Add("_25._tcp.mx.signed.example", DnsType.Tlsa, record)
            .Cname("alias.signed.example", "mx.signed.example")
            .Cname("own.signed.example", "bare.signed.example").A("bare.signed.example", "192.0.2.2").Add("_25._tcp.own.signed.example", DnsType.Tlsa, record)
            .Cname("away.signed.example", "mx.unsigned.example").A("mx.unsigned.example", "192.0.2.3").Add("_25._tcp.away.signed.example", DnsType.Tlsa, record)
            .Add("_25._tcp.mx.unsigned.example", DnsType.Tlsa, record)
            .Cname("in.unsigned.example", "mx.signed.example")
            .A("bogus.signed.example", "192.0.2.4").Fail("_25._tcp.bogus.signed.example", DnsStatus.Bogus)
            .A("none.signed.example", "192.0.2.5");
        Assert.Equal("mx.signed.example", await BaseAsync("mx.signed.example"));
        Assert.Equal("mx.signed.example", await BaseAsync("alias.signed.example"));
        Assert.Equal("own.signed.example", await BaseAsync("own.signed.example"));
        Assert.Equal("away.signed.example", await BaseAsync("away.signed.example"));
        Assert.Null(await BaseAsync("mx.unsigned.example"));
        Assert.Null(await BaseAsync("in.unsigned.example"));
        Assert.Null(await BaseAsync("none.signed.example"));
        Assert.Equal(DnsStatus.Bogus, (await FindAsync("bogus.signed.example")).Failure);

        async Task<string?> BaseAsync(string name) => (await FindAsync(name)).BaseDomain;
        async Task<TlsaFinding> FindAsync(string name) =>
            await TlsaLookup.FindAsync(zone, await new AddressLookup(zone, time).FindAsync(name, CancellationToken.None), 25, CancellationToken.None);
    }

    private static string? Check(IReadOnlyList<TlsaRecordData> records, X509Certificate2 certificate, params X509Certificate2[] presented) =>
        TlsaMatcher.Check(records, certificate, presented, ["mx.d.example", "d.example"], time.GetUtcNow());
}
