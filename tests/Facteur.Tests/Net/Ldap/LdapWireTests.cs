using System.Formats.Asn1;
using Facteur.Net.Ldap;

namespace Facteur.Tests.Net.Ldap;

/// <summary>Messages from a stream, whole, in pieces, and hostile.</summary>
public sealed class LdapWireTests
{
    // Two entries' worth: id 2, SearchResultEntry "uid=a" with mail [a@b], then SearchResultDone success.
    private static readonly byte[] answers = Convert.FromHexString("301c020102641704057569643d61300e300c04046d61696c310404026140" + "300c02010265070a010004000400");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_come_whole_however_they_are_cut()
    {
        for (var cut = 0; cut <= answers.Length; cut++)
        {
            var wire = new LdapWire(new Pieces(answers[..cut], answers[cut..]));
            var entry = LdapMessages.Entry(await wire.ReadAsync(Cancel));
            Assert.Equal(("uid=a", "a@"), (entry.Dn, Assert.Single(entry["MAIL"])));
            Assert.True(LdapMessages.Result(await wire.ReadAsync(Cancel)).IsSuccess);
            await Assert.ThrowsAsync<IOException>(async () => await wire.ReadAsync(Cancel));
        }
    }

    [Theory]
    [InlineData("32323020")] // "220 "
    [InlineData("30800201026507")] // no definite length (RFC 4511 §5.1)
    [InlineData("3084ffffffff")] // 4 GiB
    [InlineData("308501000000000000")]
    [InlineData("30050209000000")] // a length inside that is longer than what is there
    [InlineData("300602010265830f")]
    public async Task What_is_no_message_is_told(string octets)
    {
        var wire = new LdapWire(new Pieces(Convert.FromHexString(octets)));
        await Assert.ThrowsAsync<AsnContentException>(async () => LdapMessages.Result(await wire.ReadAsync(Cancel)));
    }

    [Fact]
    public async Task Octets_at_random_are_never_more_than_an_error()
    {
        var random = new Random(4511);
        for (var i = 0; i < 20_000; i++)
        {
            var octets = answers.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
            var wire = new LdapWire(new Pieces(octets));
            try
            {
                while (true)
                {
                    var message = await wire.ReadAsync(Cancel);
                    if (message.Tag == LdapMessages.SearchEntry) LdapMessages.Entry(message);
                    else LdapMessages.Result(message);
                }
            }
            catch (Exception e) when (e is IOException or AsnContentException)
            {
                // As it should be.
            }
        }
    }

    [Theory]
    [InlineData("ldaps://ldap.example.org", "ldaps://ldap.example.org:636")]
    [InlineData("ldap://10.0.0.7:3389/", "ldap://10.0.0.7:3389")]
    [InlineData("ldap://[::1]", "ldap://[::1]:389")]
    [InlineData("ldap://exämple.org", "ldap://xn--exmple-cua.org:389")]
    [InlineData("http://ldap.example.org", null)]
    [InlineData("ldap://user@ldap.example.org", null)]
    [InlineData("ldap://ldap.example.org/dc=x", null)]
    [InlineData("ldap.example.org", null)]
    [InlineData("ldap://", null)]
    public void Where_a_directory_is(string text, string? address)
    {
        Assert.Equal(address is not null, LdapServerAddress.TryParse(text, out var parsed));
        if (address is not null) Assert.Equal(address, parsed.ToString());
    }

    private sealed class Pieces(params byte[][] pieces) : MemoryStream
    {
        private int next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (next < pieces.Length && pieces[next].Length == 0) next++;
            if (next == pieces.Length) return new(0);
            var count = Math.Min(buffer.Length, pieces[next].Length);
            pieces[next].AsMemory(0, count).CopyTo(buffer);
            pieces[next] = pieces[next][count..];
            return new(count);
        }
    }
}
