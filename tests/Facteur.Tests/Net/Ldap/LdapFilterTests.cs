using System.Formats.Asn1;
using Facteur.Net.Ldap;

namespace Facteur.Tests.Net.Ldap;

/// <summary>Filters in their string form (RFC 4515), and what becomes of values in them.</summary>
public sealed class LdapFilterTests
{
    [Theory]
    [InlineData("(cn=Babs Jensen)", "a311 0402636e 040b4261627320 4a656e73656e")]
    [InlineData("(!(cn=Tim Howes))", "a211 a30f 0402636e 040954696d20486f776573")]
    [InlineData("(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
        "a037 a315 040b6f626a656374436c617373 0406506572736f6e a11e a30c 0402736e 04064a656e73656e a40e 0402636e 3008 80064261627320 4a")]
    [InlineData("(o=univ*of*mich*)", "a415 04016f 3010 8004756e6976 81026f66 81046d696368")]
    [InlineData("(seeAlso=)", "a30b 0407736565416c736f 0400")]
    [InlineData("(mail=*)", "8704 6d61696c")]
    [InlineData("(cn:caseExactMatch:=Fred)", "a91a 810e6361736545786163744d61746368 8202636e 830446726564")]
    [InlineData("(cn:=Betty)", "a90b 8202636e 83054265747479")]
    [InlineData("(sn:dn:2.4.6.8.10:=Barney)", "a91b 810a322e342e362e382e3130 8202736e 83064261726e6579 8401ff")]
    [InlineData("(:1.2.3:=Wilma)", "a90e 8105312e322e33 830557696c6d61")]
    [InlineData(@"(o=Parens R Us \28for all your parenthetical needs\29)", "a333 04016f 042e")]
    [InlineData(@"(cn=*\2A*)", "a409 0402636e 3003 81012a")]
    [InlineData(@"(bin=\00\00\00\04)", "a30b 040362696e 040400000004")]
    [InlineData(@"(sn=Lu\c4\8di\c4\87)", "a30d 0402736e 04074c75c48d69c487")]
    [InlineData("(a>=1)(", null)]
    [InlineData("(a>=1)", "a506 040161 040131")]
    [InlineData("(a<=1)", "a606 040161 040131")]
    [InlineData("(a~=1)", "a806 040161 040131")]
    [InlineData("mail=a", null)]
    [InlineData("(mail=a", null)]
    [InlineData("(&)", null)]
    [InlineData("(mail)", null)]
    [InlineData("(=a)", null)]
    [InlineData("(mail=a(b)", null)]
    [InlineData(@"(mail=\2)", null)]
    [InlineData("(mail=a**b)", null)]
    [InlineData("(a>=1*)", null)]
    [InlineData("(::=x)", null)]
    public void The_examples_of_the_RFC_and_what_is_none(string text, string? beginning) // RFC 4515 §4
    {
        if (beginning is null) Assert.EndsWith(".", Assert.Throws<FormatException>(() => LdapFilter.Parse(text)).Message, StringComparison.Ordinal);
        else Assert.StartsWith(beginning.Replace(" ", "", StringComparison.Ordinal), Hex(LdapFilter.Parse(text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*)(uid=*")]
    [InlineData("*")]
    [InlineData(@"\2a")]
    [InlineData("{domain}")]
    [InlineData("a)(|(objectClass=*")]
    public void A_value_is_octets_of_one_assertion_whatever_it_holds(string user) // S-07
    {
        var filter = LdapFilter.Parse("(&(objectClass=person)(uid={local}))", "local", "domain");
        var writer = new AsnWriter(AsnEncodingRules.BER);
        filter.Encode(writer, new Dictionary<string, string> { ["local"] = user, ["domain"] = "example.test" });
        var and = new AsnReader(writer.Encode(), AsnEncodingRules.BER).ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        and.ReadEncodedValue();
        var equality = and.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true));
        Assert.Equal("uid", System.Text.Encoding.UTF8.GetString(equality.ReadOctetString()));
        Assert.Equal(user, System.Text.Encoding.UTF8.GetString(equality.ReadOctetString()));
        Assert.False(equality.HasData || and.HasData);
    }

    [Fact]
    public void A_name_in_braces_that_is_not_known_is_told() =>
        Assert.Equal("\"(mail={usr})\" is no filter: at character 7, there is no {usr}; there are {user}, {local}.", Assert.Throws<FormatException>(() => LdapFilter.Parse("(mail={usr})", "user", "local")).Message);

    [Fact]
    public void Brackets_do_not_go_down_without_end()
    {
        var deep = string.Concat(Enumerable.Repeat("(!", 100_000)) + "(a=b)" + new string(')', 100_000);
        Assert.Throws<FormatException>(() => LdapFilter.Parse(deep));
    }

    [Theory]
    [InlineData("claire", "claire")]
    [InlineData("a,b+c=d", @"a\,b\+c\=d")]
    [InlineData(" #x ", @"\ #x\ ")]
    [InlineData("#x", @"\#x")]
    [InlineData("a\0b", @"a\00b")]
    [InlineData("\"<>;\\", @"\""\<\>\;\\")]
    public void A_value_in_a_name_is_escaped(string value, string written) // RFC 4514 §2.4
    {
        Assert.Equal(written, LdapName.Escape(value));
        if (!value.StartsWith(' ')) Assert.Equal(value, LdapName.FirstValue($"uid={written},ou=people"));
    }

    [Theory]
    [InlineData("cn=ventes,ou=groups,dc=example", "ventes")]
    [InlineData(@"cn=Lu\C4\8Di\C4\87,ou=x", "Lučić")]
    [InlineData("CN=Équipe 🚀+uid=4", "Équipe 🚀")]
    [InlineData("ventes", "ventes")]
    [InlineData("a b=c", "a b=c")]
    public void The_first_value_of_a_name(string name, string value) => Assert.Equal(value, LdapName.FirstValue(name));

    private static string Hex(LdapFilter filter)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        filter.Encode(writer, new Dictionary<string, string>());
        return Convert.ToHexStringLower(writer.Encode());
    }
}
