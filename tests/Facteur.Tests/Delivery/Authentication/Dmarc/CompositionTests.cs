using System.Text;
using Facteur.Delivery;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Mail;
using Facteur.Tests.Support;
using static Facteur.Tests.Delivery.Authentication.Dmarc.DmarcEvaluatorTests;

namespace Facteur.Tests.Delivery.Authentication.Dmarc;

/// <summary>S-19: ways to show good.example beside a signature of evil.example ("Composition Kills"). The owner of good.example wants such mail rejected.</summary>
public sealed class CompositionTests
{
    private static readonly SpfResult EvilSpf = SpfOf(SpfVerdict.Pass, "evil.example");
    private static readonly DkimResult EvilDkim = DkimOf(DkimVerdict.Pass, "evil.example");
    private readonly ZoneResolver zone = new ZoneResolver()
        .Txt("_dmarc.good.example", "v=DMARC1; p=reject").Txt("_dmarc.evil.example", "v=DMARC1; p=reject").Txt("_dmarc.bank.co.uk", "v=DMARC1; p=reject");

    // What the header says, and what becomes of it: refused as it has no one author, or judged as of that domain.
    [Theory]
    [InlineData("From: <ceo@good.example>\nFrom: <x@evil.example>", null)] // 1 several From fields, the false one first
    [InlineData("From: <x@evil.example>\nFrom: <ceo@good.example>", null)] // 2 and last
    [InlineData("Sender: <ceo@good.example>\nResent-From: <ceo@good.example>", null)] // 3 fields that are shown where From is missing
    [InlineData("From : <ceo@good.example>\nFrom: <x@evil.example>", null)] // 4 a blank before the colon
    [InlineData(" From: <ceo@good.example>\nFrom: <x@evil.example>", "evil.example")] // 5 a blank before the name
    [InlineData("From: <ceo@good.example>, <x@evil.example>", null)] // 6 several addresses
    [InlineData("From: <x@evil.example>ceo@good.example", null)] // 7 without a comma
    [InlineData("From: ceo@good.example <x@evil.example>", "evil.example")] // 8 an address as a name
    [InlineData("From: \"ceo@good.example\", <x@evil.example>", null)] // 9 a name as an address
    [InlineData("From: =?utf-8?B?PGNlb0Bnb29kLmV4YW1wbGU+?=, <x@evil.example>", null)] // 10 an encoded address
    [InlineData("From: =?utf-8?B?Y2VvQGdvb2QuZXhhbXBsZQ==?=", null)] // 11 nothing but
    [InlineData("From: <@good.example,@b.example:x@evil.example>", null)] // 12 a source route
    [InlineData("From: <ceo@good.example\\>, <x@evil.example>", null)] // 13 a quoted pair outside quotes
    [InlineData("From: ceo@good.example(<x@evil.example>)", "good.example")] // 14 comments
    [InlineData("From: (ceo@good.example) x@evil.example", "evil.example")]
    [InlineData("From: ceo@good.example: <x@evil.example>", "evil.example")] // 15 what looks like a group, and groups
    [InlineData("From: good: ceo@good.example;", null)]
    [InlineData("From: undisclosed:;", null)]
    [InlineData("From: ceo@good.example\0@evil.example", null)] // 16 a NUL
    [InlineData("From: \"ceo@good.example\0\"@evil.example", null)]
    [InlineData("From\n : <ceo@good.example>\nFrom: <x@evil.example>", null)] // 17 a folded name
    [InlineData("From: ceo@good.example@evil.example", null)] // 18 two at signs
    [InlineData("From:", null)]
    [InlineData("From: ceo", null)]
    [InlineData("From: <ceo@good.example", "good.example")]
    public async Task A_message_has_one_author_or_none(string header, string? domain)
    {
        var result = await JudgeAsync(header, EvilSpf, EvilDkim);
        Assert.Equal(domain ?? "", result.Domain);
        Assert.Equal(domain switch { null => DmarcVerdict.PermError, "evil.example" => DmarcVerdict.Pass, _ => DmarcVerdict.Fail }, result.Verdict);
        if (domain is null) Assert.NotNull(result.Problem);
    }

    // What the envelope and the signatures say.
    [Theory]
    [InlineData("good.example(.evil.example")]
    [InlineData("good.example\0.evil.example")]
    [InlineData("good.example'.evil.example")]
    [InlineData("good.example,evil.example")]
    [InlineData("evil.example@good.example")]
    [InlineData("nowhere.good.example.evil.example")]
    [InlineData("[good.example]")]
    [InlineData("example")]
    [InlineData("evil.example")]
    public async Task No_identifier_of_a_stranger_aligns(string identifier)
    {
        var spf = await JudgeAsync("From: <ceo@good.example>", SpfOf(SpfVerdict.Pass, identifier), DkimOf(DkimVerdict.Fail, "good.example"));
        Assert.Equal((DmarcVerdict.Fail, DmarcPolicy.Reject), (spf.Verdict, spf.Policy));
        var dkim = await JudgeAsync("From: <ceo@good.example>", SpfOf(SpfVerdict.Fail, "good.example"), DkimOf(DkimVerdict.Pass, identifier));
        Assert.Equal((DmarcVerdict.Fail, DmarcPolicy.Reject), (dkim.Verdict, dkim.Policy));
    }

    [Fact]
    public async Task An_empty_reverse_path_lends_HELO_only()
    {
        var helo = new SpfResult(SpfVerdict.Pass, "evil.example", true, null, null, null);
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("From: <ceo@good.example>", helo, EvilDkim)).Verdict);
    }

    [Fact]
    public async Task A_public_suffix_vouches_for_nobody_below()
    {
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("From: <ceo@bank.co.uk>", SpfOf(SpfVerdict.Pass, "co.uk"), DkimOf(DkimVerdict.Pass, "evil.co.uk"))).Verdict);
    }

    [Fact]
    public async Task An_address_literal_has_no_owner()
    {
        Assert.Equal(DmarcVerdict.None, (await JudgeAsync("From: <root@[192.0.2.1]>", EvilSpf, EvilDkim)).Verdict);
    }

    [Fact]
    public async Task A_field_without_end_is_no_author()
    {
        Assert.Equal(DmarcVerdict.PermError, (await JudgeAsync("From: " + string.Join(",", Enumerable.Repeat("<ceo@good.example>", 3000)), EvilSpf, EvilDkim)).Verdict);
    }

    // The address that is judged is the one that is shown, for every field that anybody could write.
    [Fact]
    public void Ten_thousand_fields_are_judged_as_they_are_shown()
    {
        string[] pieces =
        [
            "ceo@good.example", "x@evil.example", "<ceo@good.example>", "<x@evil.example>", "\"ceo@good.example\"", "<@good.example:x@evil.example>", "=?utf-8?Q?ceo=40good.example?=",
            "=?utf-8?B?PGNlb0Bnb29kLmV4YW1wbGU+?=", "(ceo@good.example)", "(", ")", "<", ">", "\"", "\\", ",", ";", ":", "@", ".", " ", "\r\n ", "\0", "\t", "é", "group:", "[192.0.2.1]", "Name", "a.b", "..",
        ];
        var random = new Random(19);
        var (judged, refused) = (0, 0);
        for (var round = 0; round < 10_000; round++)
        {
            var field = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)])));
            var author = AuthorDomain.Read(1, field);
            var shown = AddressParser.ParseList(field, 100);
            if (author.Problem is null)
            {
                var one = Assert.Single(shown);
                Assert.Equal((one.LocalPart, one.Domain), (author.Address!.LocalPart, author.Address.Domain));
                judged++;
            }
            else
            {
                Assert.False(shown is [{ Kind: AddressItemKind.Mailbox, Route: null } one] && MailAddress.TryCreate(one.LocalPart, one.Domain, out _), Encoding.UTF8.GetString(field));
                refused++;
            }
        }
        Assert.True(judged > 500 && refused > 500, $"{judged} judged, {refused} refused");
    }

    private async ValueTask<DmarcResult> JudgeAsync(string header, SpfResult spf, DkimResult dkim)
    {
        var scanner = new HeaderScanner();
        scanner.Scan(Encoding.UTF8.GetBytes(header.ReplaceLineEndings("\r\n") + "\r\n\r\n"));
        var evaluator = new DmarcEvaluator(zone, () => PublicSuffixListTests.Read("example\nuk\nco.uk"), new Random(1));
        return (await evaluator.EvaluateAsync(AuthorDomain.Read(scanner.FromFields, scanner.From), spf, [dkim], TestContext.Current.CancellationToken)).Result;
    }
}
