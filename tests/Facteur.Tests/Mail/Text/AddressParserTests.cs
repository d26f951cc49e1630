using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class AddressParserTests
{
    [Theory]
    [InlineData("a@b.org", "|a|b.org")]
    [InlineData("Jane Doe <jane@example.org>", "Jane Doe|jane|example.org")]
    [InlineData("\"Doe, Jane\" <jane@example.org>, bob@b", "Doe, Jane|jane|example.org;|bob|b")]
    [InlineData("user@domain (Real Name)", "Real Name|user|domain")]
    [InlineData("<a@b> (Real (nested) Name)", "Real (nested) Name|a|b")]
    [InlineData("\"quoted \\\"name\\\" \\\\\" <a@b>", "quoted \"name\" \\|a|b")]
    [InlineData("\"john doe\"@example.org", "|john doe|example.org")]
    [InlineData("<\"a@b\"@example.org>", "|a@b|example.org")]
    [InlineData("a . b @ c . d", "|a.b|c.d")]
    [InlineData("user@[192.0.2.1]", "|user|[192.0.2.1]")]
    [InlineData("X <user@[IPv6:2001:db8::1]>", "X|user|[IPv6:2001:db8::1]")]
    [InlineData("jdoe@test   . example", "|jdoe|test.example")]
    [InlineData("root", "|root|")]
    [InlineData("root, b@c", "|root|;|b|c")]
    [InlineData("Real Name", "Real Name||")]
    [InlineData("\"Real Name\"", "Real Name||")]
    [InlineData("", "")]
    [InlineData(" ,, ,", "")]
    [InlineData("<>", "||")]
    [InlineData("a@b,\r\n c@d", "|a|b;|c|d")]
    [InlineData("a@b; Foo <c@d>;e@f", "|a|b;Foo|c|d;|e|f")]
    [InlineData("a@b c@d", "|a|b;|c|d")]
    [InlineData("<a@b> <c@d>", "|a|b;|c|d")]
    [InlineData("Foo a@b", "Foo|a|b")]
    [InlineData("a@b <a@b>", "a@b|a|b")]
    [InlineData("Foo <a@b, Bar <c@d>", "Foo|a|b;Bar|c|d")]
    [InlineData("<<a@b>>", "|a|b")]
    [InlineData("Foo <mailto:a@b>", "Foo|a|b")]
    [InlineData("\"Foo <a@b>", "Foo|a|b")]
    [InlineData("\"Foo\" Bar\" <a@b>", "Foo Bar|a|b")]
    [InlineData("a@b (unclosed, c@d", "|a|b;|c|d")]
    [InlineData("J. R. \"Bob\" Dobbs <a@b>", "J. R. Bob Dobbs|a|b")]
    [InlineData("[JIRA] News <a@b>", "[JIRA] News|a|b")]
    [InlineData("a@b@c", "|a|b@c")]
    [InlineData("a@good\0.evil", "|a|good\uFFFD.evil")]
    [InlineData("Jürgen <jürgen@münchen.example>", "Jürgen|jürgen|münchen.example")]
    public void A_list_reads_as(string field, string expected) => Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(field)));

    [Fact]
    public void Eight_bit_names_of_no_known_charset_are_windows_1252() =>
        Assert.Equal("Jürgen|a|b", Read(Encoding.Latin1.GetBytes("Jürgen <a@b>")));

    [Theory]
    [InlineData("=?iso-8859-1?Q?Andr=E9?= Pirard <a@b>", "André Pirard|a|b")]
    [InlineData("\"=?utf-8?B?w4lyaWM=?=\" <a@b>", "Éric|a|b")]
    [InlineData("=?utf-8?Q?a=C3?= =?utf-8?Q?=A9b?= <a@b>", "aéb|a|b")]
    [InlineData("a@b (=?utf-8?q?=C3=89ric?=)", "Éric|a|b")]
    [InlineData("=?utf-8?Q?\"Foo\"_Bar,_(x)?= <a@b>", "\"Foo\" Bar, (x)|a|b")] // iOS Mail leaves specials unencoded
    [InlineData("=?utf-8?Q?john@x.org?= <a@b>", "john@x.org|a|b")]
    [InlineData("=?utf-8?q?x_<v@victim>,?= <a@b>", "=?utf-8?q?x_|v|victim;?=|a|b")] // no word hides an address
    public void Encoded_words_in_names_are_decoded(string field, string expected) => Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(field)));

    [Theory]
    [InlineData("group: g1@d1.org, g2@d2.org;, group2: g3@d3.org;", "{group;|g1|d1.org;|g2|d2.org;};{group2;|g3|d3.org;}")]
    [InlineData("group:;, group2: (foo) ;", "{group;};{group2;}")]
    [InlineData("undisclosed-recipients:;", "{undisclosed-recipients;}")]
    [InlineData("A Group: Ed Jones <c@a.test>,joe@where.test", "{A Group;Ed Jones|c|a.test;|joe|where.test;}")]
    [InlineData("x@y, \"Ze group\": a@b;, c@d", "|x|y;{Ze group;|a|b;};|c|d")]
    public void Groups_open_and_close(string field, string expected) => Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(field)));

    [Theory]
    [InlineData("<@route:user@domain>", "@route")]
    [InlineData("Mary <@node.test,@b.test:mary@example.net>", "@node.test,@b.test")]
    public void A_route_is_kept_apart(string field, string route)
    {
        var item = Assert.Single(AddressParser.ParseList(Encoding.UTF8.GetBytes(field), 10));
        Assert.Equal(route, item.Route);
        Assert.NotEmpty(item.LocalPart);
        Assert.DoesNotContain('@', item.Domain);
    }

    [Fact]
    public void The_raw_name_keeps_its_encoded_words()
    {
        var item = Assert.Single(AddressParser.ParseList("\"A, B\" =?utf-8?q?=C3=A9?= <a@b>"u8, 10));
        Assert.Equal("A, B =?utf-8?q?=C3=A9?=", item.RawDisplayName);
        Assert.Equal("A, B é", item.DisplayName);
    }

    // RFC 5322 appendix A.1.3, A.5 and A.6.1
    [Fact]
    public void The_examples_of_the_rfc()
    {
        Assert.Equal("Pete|pete|silly.test", Read("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"u8));
        Assert.Equal("{A Group;Chris Jones|c|public.example;|joe|example.org;John|jdoe|one.test;}",
            Read("A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)"u8));
        Assert.Equal("Mary Smith|mary|example.net;|jdoe|test.example", Read("Mary Smith\r\n          <@node.test:mary@example.net>, , jdoe@test  . example"u8));
    }

    [Fact]
    public void No_more_than_the_limit_is_read_and_the_group_is_closed()
    {
        var field = Encoding.ASCII.GetBytes("g: " + string.Concat(Enumerable.Repeat("a@b, ", 5_000)));
        var items = AddressParser.ParseList(field, 100);
        Assert.Equal(101, items.Count);
        Assert.Equal(AddressItemKind.GroupEnd, items[^1].Kind);
    }

    private static string Read(ReadOnlySpan<byte> field) =>
        string.Join(';', AddressParser.ParseList(field, 1000).Select(item => item.Kind switch
        {
            AddressItemKind.GroupStart => '{' + item.DisplayName,
            AddressItemKind.GroupEnd => "}",
            _ => $"{item.DisplayName}|{item.LocalPart}|{item.Domain}",
        }));
}
