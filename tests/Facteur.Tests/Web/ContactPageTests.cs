using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Tests.Web;

/// <summary>« Contacts » of the settings: the address book without scripts.</summary>
public sealed class ContactPageTests
{
    private const string Page = "/settings/contacts";
    private const string Hostile = "\"><script>alert(1)</script><b>&amp;";

    private static async Task<IReadOnlyList<ContactLine>> ListAsync(WebFixture web, AccountId? of = null) =>
        (await web.Services.Contacts.PageAsync(of ?? web.Moi.Id, new ContactListing("", 0, 100), default)).Lines;

    private static async Task<WebAnswer> ImportAsync(WebBrowser browser, string file, string? form = null)
    {
        var content = new MultipartFormDataContent { { new StringContent(form ?? (await browser.GetAsync(Page)).Field("form")), "form" } };
        var part = new ByteArrayContent(Encoding.UTF8.GetBytes(file));
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = "\"contacts.vcf\"" };
        content.Add(part);
        using var answer = await browser.OpenAsync(new HttpRequestMessage(HttpMethod.Post, Page + "/import") { Content = content }, ("Sec-Fetch-Site", "same-origin"));
        return new WebAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    [Fact]
    public async Task A_contact_is_added_found_edited_and_removed()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var answer = await browser.SubmitAsync(Page, Page + "?handler=Save", ("id", ""), ("changed", "0"), ("given", "Élodie"), ("surname", "Martin " + Hostile), ("email-key", ""), ("email", "elodie@far.test"), ("email-kind", "work"), ("email-key", ""), ("email", ""), ("email-kind", ""), ("note", "Une\r\nnote"), ("birth-day", "14"), ("birth-month", "3"), ("birth-year", ""));
        Assert.Equal(Page + "?done=contact", answer.Location);
        var one = Assert.Single(await ListAsync(web));
        var shown = await browser.GetAsync($"{Page}?edit={one.Id.Value}");
        Assert.DoesNotContain("<script>alert", shown.Body);
        Assert.Equal(("elodie@far.test", "Élodie"), (shown.Field("email"), shown.Field("given")));
        Assert.Contains("Une\nnote", WebUtility.HtmlDecode(shown.Body));
        Assert.Contains("elodie@far.test", (await browser.GetAsync(Page + "?q=ELODIE%20martin")).Body);
        Assert.DoesNotContain("elodie@far.test", (await browser.GetAsync(Page + "?q=nobody")).Body);

        var (key, changed) = (shown.Field("email-key"), shown.Field("changed"));
        (string, string)[] edit = [("id", $"{one.Id.Value}"), ("changed", changed), ("given", "Élodie"), ("surname", "Durand"), ("email-key", key), ("email", "new@far.test"), ("email-kind", ""), ("birth-day", "14"), ("birth-month", "3"), ("birth-year", "1980")];
        Assert.Equal(Page + "?done=contact", (await browser.SubmitAsync(Page, Page + "?handler=Save", edit)).Location);
        var fields = (await web.Services.Contacts.FindAsync(web.Moi.Id, one.Id, default))!.Value.Fields;
        Assert.Equal(("Durand", "new@far.test", "Une\nnote", new ContactDay(1980, 3, 14)), (fields.Surname, fields.Emails[0].Value, fields.Note, fields.Birthday));
        // The same form once more is of a card that changed meanwhile.
        answer = await browser.SubmitAsync(Page, Page + "?handler=Save", edit);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("changed meanwhile", answer.Body);
        Assert.Equal(Page + "?done=contactgone", (await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", $"{one.Id.Value}"))).Location);
        Assert.Empty(await ListAsync(web));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync($"{Page}?edit={one.Id.Value}")).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_words_and_what_was_typed_stays()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var (fields, words) in new ((string, string)[], string)[]
        {
            ([("given", "")], "at least a name"), ([("given", "A"), ("email", "not an address")], "is not an e-mail address"), ([("given", "A"), ("birth-day", "31"), ("birth-month", "2")], "not a day of the calendar"),
            ([("given", "A"), ("birth-day", "x")], "not a day of the calendar"), ([("given", new string('x', 300))], "too long"), ([("given", "A"), ("id", "4711"), ("changed", "1")], "not there any more"),
        })
        {
            var answer = await browser.SubmitAsync(Page, Page + "?handler=Save", fields);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains(words, answer.Body);
            Assert.Equal(fields[0].Item2, answer.Field("given"));
        }
        Assert.Empty(await ListAsync(web));
    }

    [Fact]
    [Trait("Promise", "S-22")]
    public async Task Cards_of_another_account_are_not_there()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var ami = (await web.Services.Accounts.GetAccountAsync("ami@demo.test", default)).Id;
        var theirs = await web.Services.Contacts.AddAsync(ami, new ContactFields { Given = "Secret" }, default);
        Assert.DoesNotContain("Secret", (await browser.GetAsync(Page)).Body);
        Assert.DoesNotContain("Secret", (await browser.GetAsync($"{Page}?edit={theirs.Value}")).Body);
        await browser.SubmitAsync(Page, Page + "?handler=Save", ("id", $"{theirs.Value}"), ("changed", "1"), ("given", "Mine"));
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", $"{theirs.Value}"));
        Assert.DoesNotContain("Secret", (await browser.SubmitAsync(Page, Page + "?handler=Export", ("version", "4.0"))).Body);
        Assert.Equal("Secret", Assert.Single(await ListAsync(web, ami)).Name);
    }

    [Fact]
    public async Task A_file_comes_in_with_a_result_in_words_and_goes_out_again()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string File = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob Dupont\r\nEMAIL:bob@far.test\r\nPHOTO:x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nNOTE:nobody\r\nEND:VCARD\r\n";
        var answer = await ImportAsync(browser, File);
        Assert.Equal(Page + "?why=done#import", answer.Location);
        var shown = (await browser.GetAsync(Page + "?why=done")).Body;
        foreach (var words in new[] { "1 contact added", "1 had a photo", "1 could not be taken", "No. 2 : neither a name" }) Assert.Contains(words, WebUtility.HtmlDecode(shown));
        await ImportAsync(browser, File);
        Assert.Contains("1 was there already", (await browser.GetAsync(Page + "?why=done")).Body);
        await ImportAsync(browser, $"BEGIN:VCARD\r\nFN:{Hostile}\r\nNICKNAME:{Hostile}\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:{Hostile}\r\n");
        Assert.DoesNotContain("<script>alert", (await browser.GetAsync(Page + "?why=done")).Body);
        var export = await browser.SubmitAsync(Page, Page + "?handler=Export", ("version", "4.0"));
        Assert.Equal("text/vcard; charset=utf-8", export.Header("Content-Type"));
        Assert.Contains("VERSION:4.0\r\n", export.Body);
        Assert.Contains("EMAIL:bob@far.test\r\n", export.Body);
        // Only from a form of this browser.
        Assert.Equal(Page + "?why=form#import", (await ImportAsync(browser, File.Replace("Bob", "Eve", StringComparison.Ordinal), "x")).Location);
        Assert.StartsWith("/signin", (await ImportAsync(web.Browse(), File, "x")).Location);
        Assert.Equal(2, (await ListAsync(web)).Count);
    }

    [Fact]
    public async Task A_long_list_has_pages()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        for (var i = 0; i < 120; i++) await web.Services.Contacts.AddAsync(web.Moi.Id, new ContactFields { Given = $"n{i:000}" }, default);
        var second = WebUtility.HtmlDecode((await browser.GetAsync(Page + "?page=2")).Body);
        Assert.Contains("51 to 100 of 120", second);
        Assert.Contains("n050", second);
        Assert.DoesNotContain("n049", second);
        var last = WebUtility.HtmlDecode((await browser.GetAsync(Page + "?page=3&q=n")).Body);
        Assert.Contains("101 to 120 of 120", last);
        Assert.DoesNotContain("rel=\"next\"", last);
        Assert.Contains("href=\"?page=2&q=n\"", last);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Page + "?page=999999999999")).Status);
    }
}
