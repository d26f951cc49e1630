using System.Text.RegularExpressions;

namespace Facteur.Tests.Control;

/// <summary>What facteur filter and setting refuse, over one store: nothing here changes it.</summary>
[Collection("standard input")]
public sealed class SettingRefusalTests(SettingRefusalTests.Server server) : IClassFixture<SettingRefusalTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        internal CommandLine Line { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Line = await CommandLine.StartAsync();
            await Line.SayAsync("filter", "set", "junkAt", "9");
        }

        public ValueTask DisposeAsync() => Line.DisposeAsync();
    }

    [Theory]
    [InlineData("There is no \"junkat2\" (did you mean junkAt?); there are junkAt, rejectAt, bayes, allowed, blocked.", "set", "junkat2", "5")]
    [InlineData("There is no \"greylst\" (did you mean greylist?); there are trusted, *", "set", "greylst.enabled", "on")]
    [InlineData("There is no \"greylist.dely\" (did you mean greylist.delay?); there are enabled, delay, window, remember, knownAfter.", "set", "greylist.dely", "5m")]
    [InlineData("\"junkAt\" is \"high\"; allowed is a number.", "set", "junkAt", "high")]
    [InlineData("\"greylist.enabled\" is \"maybe\"; allowed is true or false.", "set", "greylist.enabled", "maybe")]
    [InlineData("\"attachments.executables\" is \"burn\"; allowed is off, score, junk, reject.", "set", "attachments.executables", "burn")]
    [InlineData("\"greylist.delay\" is \"long\"; allowed is a time such as 00:05:00.", "set", "greylist.delay", "long")]
    [InlineData("\"bayes.minimumMessages\" is 0; allowed is 1 to 10000.", "set", "bayes.minimumMessages", "0")]
    [InlineData("\"192.0.2.0/99\" in trusted is no network such as 192.0.2.0/24.", "set", "trusted", "192.0.2.0/99")]
    [InlineData("\"nobody\" in blocked is neither an address nor a domain as \"@example.org\".", "add", "blocked", "nobody")]
    [InlineData("rejectAt (4) is below junkAt (9).", "set", "rejectAt", "4")]
    [InlineData("clamd.address is \"\"; allowed is unix:/path or host:port.", "set", "clamd.reject", "off")]
    [InlineData("\"nonsense\" is no name=value; an entry of \"milters\" has *", "add", "milters", "nonsense")]
    [InlineData("\"junkAt\" is no list; use set.", "add", "junkAt", "5")]
    [InlineData("\"greylist\" is not set.", "rm", "greylist")]
    [InlineData("\"greylist\" is true; allowed is an object.", "set", "greylist", "true")]
    public async Task What_is_wrong_is_said(string sentence, params string[] words)
    {
        var said = await server.Line.RefusedAsync(["filter", .. words]);
        Assert.Matches("^" + Regex.Escape(sentence).Replace(@"\*", ".*", StringComparison.Ordinal) + "$", said);
    }

    [Theory]
    [InlineData("queue", """{"giveUpHours": 0}""", "giveUpHours and reportGiveUpHours take 1 to 8760.")]
    [InlineData("queue", """{"giveUpHours": "48"}""", "\"giveUpHours\" is \"48\"; allowed is a number.")]
    [InlineData("queue", """{"giveUpHour": 48}""", "There is no \"giveUpHour\" (did you mean giveUpHours?); there are retryMinutes, giveUpHours, reportGiveUpHours, delayWarningHours, keepDays.")]
    [InlineData("queue", """[1]""", "The document is [1]; allowed is an object.")]
    [InlineData("queue", """{"giveUpHours": 48""", "That is no JSON: *")]
    [InlineData("queue", """{"giveUpHours": 48, "giveuphours": 49}""", "\"giveUpHours\" is there twice.")]
    [InlineData("queue", """null""", "The document cannot be null; remove the setting instead.")]
    [InlineData("filters", """{"greylist": null}""", "\"greylist\" cannot be null; leave it out.")]
    [InlineData("filters", """{"milters": [{"address": 5}]}""", "\"milters[0].address\" is 5; allowed is a text.")]
    [InlineData("filters", """{"milters": [null]}""", "\"milters[0]\" cannot be null.")]
    [InlineData("route", """{"host": "a b"}""", "The host \"a b\" is no host name or address.")]
    [InlineData("route", """{"domains": {"example.org": {"hots": "b"}}}""", "There is no \"domains.example.org.hots\" (did you mean domains.example.org.host?); *")]
    [InlineData("limits", """{"messagesPerDay": -1}""", "A limit is 0 (nothing may be sent) or more.")]
    [InlineData("locale", "\"de\"", "The languages are en and fr.")]
    [InlineData("vacation", """{"text": "x"}""", "The setting \"vacation\" belongs to an account (--account), not to the site.")]
    [InlineData("ruote", """{}""", "There is no setting \"ruote\" (did you mean route?); *")]
    [InlineData("secret.srs", "\"x\"", "\"secret.srs\" is a key of this server; it is neither shown nor written.")]
    public async Task A_document_that_nobody_could_read_is_refused(string name, string json, string sentence)
    {
        var said = await CommandLine.WithInputAsync(json, () => server.Line.RefusedAsync("setting", "set", name));
        Assert.Matches("^" + Regex.Escape(sentence).Replace(@"\*", ".*", StringComparison.Ordinal) + "$", said);
    }
}
