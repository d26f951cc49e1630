using System.Text;
using Facteur.Delivery.Authentication;

namespace Facteur.Tests.Delivery.Authentication;

/// <summary>Which messages may be unsubscribed from with one click (RFC 8058 §4).</summary>
public sealed class OneClickUnsubscribeTests
{
    private const string Signature = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=list.test; s=k1;\n h=From:Subject:List-Unsubscribe:\n List-Unsubscribe-Post; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n b=QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n";
    private const string Results = "Authentication-Results: mail.demo.test; spf=pass smtp.mailfrom=list.test;\n dkim=pass header.d=list.test header.s=k1 header.a=rsa-sha256 header.b=QUJDREVG\n";
    private const string Fields = "List-Unsubscribe: <mailto:out@list.test>,\n <https://list.test/out?\n x=1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n";
    private const string From = "From: a@list.test\nSubject: x\n\nbody\n";

    [Fact]
    public void A_message_whose_signature_covers_both_fields_offers_it() => Assert.Equal("https://list.test/out?x=1", Find(Results + Signature + Fields + From));

    public static TheoryData<string, string> Others => new()
    {
        { "no results", Signature + Fields + From },
        { "results of another host", Results.Replace("mail.demo.test", "mail.other.test", StringComparison.Ordinal) + Signature + Fields + From },
        { "ours stand below and say fail above", Results.Replace("dkim=pass", "dkim=fail", StringComparison.Ordinal) + Results + Signature + Fields + From },
        { "another signature passed", Results.Replace("QUJDREVG", "WlpaWlpa", StringComparison.Ordinal) + Signature + Fields + From },
        { "another domain's passed", Results.Replace("header.d=list.test", "header.d=other.test", StringComparison.Ordinal) + Signature + Fields + From },
        { "the signature does not cover the second field", Results + Signature.Replace(":\n List-Unsubscribe-Post", "", StringComparison.Ordinal) + Fields + From },
        { "what is quoted is no property", Results.Replace("header.d=list.test header.s=k1", "header.i=\"x header.d=list.test header.s=k1 header.b=QUJDREVG\" header.d=other.test header.s=k9", StringComparison.Ordinal) + Signature + Fields + From },
        { "no address of the web", Results + Signature + Fields.Replace("https:", "http:", StringComparison.Ordinal) + From },
        { "a user name in it", Results + Signature + Fields.Replace("https://", "https://me:pw@", StringComparison.Ordinal) + From },
        { "another value of the second", Results + Signature + Fields.Replace("One-Click", "Two-Clicks", StringComparison.Ordinal) + From },
        { "a field twice", Results + Signature + Fields + "List-Unsubscribe: <https://evil.test/>\n" + From },
        { "no second field", Results + Signature + "List-Unsubscribe: <https://list.test/out>\n" + From },
        { "in the body", Results + Signature + "\n" + Fields + From },
        { "nothing at all", "" },
        { "an open bracket", Results + Signature + "List-Unsubscribe: <https://list.test/out\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" + From },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Others_do_not(string why, string message) => Assert.True(Find(message) is null, why);

    [Fact]
    public void Brackets_without_end_cost_no_time() => Assert.Null(Find(Results + Signature + "List-Unsubscribe: " + new string('<', 200_000) + "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" + From));

    private static string? Find(string message) => OneClickUnsubscribe.Find(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), "mail.demo.test")?.AbsoluteUri;
}
