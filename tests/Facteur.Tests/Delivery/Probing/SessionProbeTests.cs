using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Facteur.Delivery.Probing;
using Facteur.Net.Dialing;
using Facteur.Smtp.Client;
using Facteur.Tests.Delivery.Transport;

namespace Facteur.Tests.Delivery.Probing;

/// <summary>facteur test submission and send: where the way ends, and what is said of it.</summary>
public sealed partial class SessionProbeTests
{
    private static readonly ProbeMessage message = new("moi@us.example", "ami@a.example", null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FakeHost Good(params string[] extensions) => new() { Certificate = ProbeWorld.Authority.Host("a.example"), Chain = [ProbeWorld.Authority.Issuing], Extensions = extensions };

    private static async Task<ProbeSection> SubmitAsync(ProbeWorld world, TlsUse tls = TlsUse.Required, SmtpCredentials? login = null, int port = 587) =>
        Assert.Single((await world.PatientlyAsync(world.Probe.SubmissionAsync(new ProbeTarget("a.example", port, tls) { Credentials = login }, Cancel))).Sections);

    private static async Task<ProbeSection> SendAsync(ProbeWorld world, ProbeMessage? what = null, TlsUse tls = TlsUse.WhenOffered) =>
        Assert.Single((await world.PatientlyAsync(world.Probe.SendAsync(new ProbeTarget("a.example", 25, tls), what ?? message, "en", Cancel))).Sections);

    private static ProbeWorld World(FakeHost host) => new ProbeWorld().Host("a.example", "198.51.100.1", host);

    private static ProbeWorld Saying(params string[] lines)
    {
        var world = new ProbeWorld();
        return world.Host("a.example", "198.51.100.1", world.Saying(lines));
    }

    [Fact]
    public async Task A_login_is_shown_without_its_password()
    {
        var section = await SubmitAsync(World(Good("AUTH PLAIN LOGIN")), login: new SmtpCredentials("moi", "canary"));
        Assert.Equal("Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Ok Tls, Ok Hello, Ok Login", ProbeWorld.Steps(section));
        Assert.Equal("logged in as moi (PLAIN)", ProbeWorld.English(section.Steps[^1].Result!));
        Assert.Equal(["AUTH PLAIN ***", "235 welcome"], section.Steps[^1].Dialogue.Select(line => line.Text));
    }

    [Fact]
    public async Task TLS_from_the_first_octet_comes_before_the_greeting()
    {
        var host = new FakeHost { Certificate = ProbeWorld.Authority.Host("a.example"), Chain = [ProbeWorld.Authority.Issuing], IsImplicit = true };
        Assert.Equal("Ok Addresses, Ok Connect, Ok Tls, Ok Greeting, Ok Hello", ProbeWorld.Steps(await SubmitAsync(World(host), TlsUse.Implicit, port: 465)));
    }

    [Fact]
    public async Task A_submission_host_must_prove_its_name()
    {
        Assert.EndsWith("Failed Tls TlsNotOffered", ProbeWorld.Steps(await SubmitAsync(World(new FakeHost()))), StringComparison.Ordinal);
        Assert.EndsWith("Failed Tls CertificateSelfSigned", ProbeWorld.Steps(await SubmitAsync(World(new FakeHost { Certificate = ProbeWorld.Authority.SelfSigned("a.example") }))), StringComparison.Ordinal);
        Assert.EndsWith("Failed Tls TlsHandshake", ProbeWorld.Steps(await SubmitAsync(World(new FakeHost { BreaksTls = true }))), StringComparison.Ordinal);
        var refused = Saying("220 a", "250-a\n250 STARTTLS", "454 4.7.0 not now");
        Assert.EndsWith("Ok Hello, Failed Tls TlsRefused", ProbeWorld.Steps(await SubmitAsync(refused)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_fails_tells_why()
    {
        var login = new SmtpCredentials("moi", "canary");
        Assert.EndsWith("Ok Hello, Failed Login LoginNotSent", ProbeWorld.Steps(await SubmitAsync(World(Good("AUTH PLAIN")), TlsUse.Never, login)), StringComparison.Ordinal);
        Assert.EndsWith("Failed Login LoginNotOffered", ProbeWorld.Steps(await SubmitAsync(World(Good()), login: login)), StringComparison.Ordinal);
        foreach (var (reply, code) in ((string, string)[])[("535 5.7.8 wrong", "LoginRefused"), ("454 4.7.0 later", "LoginPutOff")])
        {
            var section = await SubmitAsync(World(new FakeHost { Certificate = ProbeWorld.Authority.Host("a.example"), Chain = [ProbeWorld.Authority.Issuing], Extensions = ["AUTH PLAIN"], ReplyToAuth = reply }), login: login);
            Assert.EndsWith("Failed Login " + code, ProbeWorld.Steps(section), StringComparison.Ordinal);
            Assert.DoesNotContain("canary", ProbeWorld.English(section.Steps[^1].Finding!), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("554 5.7.1 go away", "Failed Greeting GreetingRefused")]
    [InlineData("421 busy", "Failed Greeting GreetingRefused")]
    [InlineData("SSH-2.0-OpenSSH_9", "Failed Greeting NotSmtp")]
    [InlineData("close", "Failed Greeting GreetingLost")]
    [InlineData("silent", "Failed Greeting GreetingSilent")]
    public async Task A_host_that_does_not_greet_tells_why(string greeting, string end) =>
        Assert.EndsWith("Ok Connect, " + end, ProbeWorld.Steps(await SubmitAsync(Saying(greeting))), StringComparison.Ordinal);

    [Fact]
    public async Task A_port_of_the_other_kind_is_recognised()
    {
        Assert.EndsWith("Failed Greeting GreetingSilentTls", ProbeWorld.Steps(await SubmitAsync(Saying("silent"), port: 465)), StringComparison.Ordinal);
        Assert.EndsWith("Ok Connect, Failed Tls TlsHandshakeImplicit", ProbeWorld.Steps(await SubmitAsync(Saying("220 in clear"), TlsUse.Implicit)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("550 5.7.0 who are you", "Failed Hello HelloRefused")]
    [InlineData("silent", "Failed Hello NoAnswer")]
    [InlineData("close", "Failed Hello ConnectionLost")]
    public async Task A_host_that_does_not_like_our_name_tells_why(string answer, string end) =>
        Assert.EndsWith("Ok Greeting, " + end, ProbeWorld.Steps(await SubmitAsync(Saying("220 a", answer, answer))), StringComparison.Ordinal);

    [Fact]
    public async Task A_host_that_is_not_there_ends_it_at_once()
    {
        Assert.Equal("Failed Addresses HostUnknown", ProbeWorld.Steps(await SubmitAsync(new ProbeWorld())));
        var section = await SubmitAsync(new ProbeWorld().Dead("a.example", "10.0.0.1", DialOutcome.Forbidden));
        Assert.Equal("Ok Addresses, Failed Connect ConnectForbidden", ProbeWorld.Steps(section));
        Assert.Equal("10.0.0.1:587 is not a public address", ProbeWorld.English(section.Steps[^1].Result!));
        Assert.Equal("Ok Addresses, Failed Connect ConnectTimedOut", ProbeWorld.Steps(await SubmitAsync(new ProbeWorld().Dead("a.example", "10.0.0.1", DialOutcome.TimedOut))));
    }

    [Fact]
    public async Task A_message_goes_out_step_by_step()
    {
        var host = Good("PIPELINING", "SIZE 1000000");
        var section = await SendAsync(World(host));
        Assert.Equal("Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Ok Tls, Ok Hello, Ok Sender, Ok Recipient, Ok Content, Ok Acceptance", ProbeWorld.Steps(section));
        Assert.Equal("250 taken", ProbeWorld.English(section.Steps[^1].Result!));
        Assert.Contains(host.Heard, line => line.StartsWith("MAIL FROM:<moi@us.example> SIZE=", StringComparison.Ordinal));
        Assert.Single(host.Taken);
    }

    [Fact]
    public async Task Each_step_has_its_time()
    {
        var section = await SendAsync(Saying("220 a", "wait 2", "250 a", "wait 3", "250 ok", "wait 4", "250 ok", "wait 5", "354 go", "wait 6", "250 taken"));
        Assert.Equal([0, 2, 3, 4, 5], section.Steps.Where(step => step.Kind is not (ProbeStepKind.Addresses or ProbeStepKind.Connect or ProbeStepKind.Tls or ProbeStepKind.Acceptance)).Select(step => step.Elapsed.TotalSeconds));
    }

    [Theory]
    [InlineData("250 ok", "550 5.1.1 unknown", "354 go", "Ok Sender, Failed Recipient RecipientUnknown")]
    [InlineData("250 ok", "554 5.7.1 Relay access denied", "354 go", "Ok Sender, Failed Recipient RelayDenied")]
    [InlineData("250 ok", "552 5.2.2 over quota", "354 go", "Ok Sender, Failed Recipient MailboxFull")]
    [InlineData("250 ok", "450 4.7.1 Greylisted", "354 go", "Ok Sender, Failed Recipient RecipientPutOff")]
    [InlineData("250 ok", "550 5.7.1 never", "354 go", "Ok Sender, Failed Recipient RecipientRefused")]
    [InlineData("250 ok", "550 5.7.1 blocked using zen.spamhaus.org", "354 go", "Ok Sender, Failed Recipient Reputation")]
    [InlineData("530 5.7.0 Authentication required", "503 no", "503 no", "Ok Hello, Warning Tls InClear, Failed Sender LoginRequired")]
    [InlineData("550 5.7.1 not you", "503 no", "503 no", "Failed Sender SenderRefused")]
    [InlineData("451 4.3.0 later", "503 no", "503 no", "Failed Sender SenderPutOff")]
    [InlineData("250 ok", "250 ok", "554 5.7.1 spam", "Ok Recipient, Failed Content ContentRefused")]
    public async Task Where_a_message_is_refused_the_way_ends(string mail, string rcpt, string data, string end)
    {
        Assert.EndsWith(end, ProbeWorld.Steps(await SendAsync(Saying("220 a", "250 a", mail, rcpt, data, "250 ok"))), StringComparison.Ordinal);
        Assert.EndsWith(end, ProbeWorld.Steps(await SendAsync(Saying("220 a", "250-a\n250 PIPELINING", mail, rcpt, data, "250 ok"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("554 5.7.1 spam", "Ok Content, Failed Acceptance ContentRefused")]
    [InlineData("451 4.7.1 later", "Ok Content, Failed Acceptance ContentPutOff")]
    [InlineData("close", "Ok Content, Failed Acceptance ConnectionLost")]
    public async Task A_message_may_be_refused_at_its_end(string answer, string end)
    {
        var world = new ProbeWorld();
        world.Host("a.example", "198.51.100.1", async stream =>
        {
            var lines = new StreamReader(stream);
            async Task SayAsync(string line)
            {
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\r\n"));
                await stream.FlushAsync();
            }
            await SayAsync("220 a");
            while (await lines.ReadLineAsync() is { } line)
            {
                if (line == "." && answer == "close") break;
                if (line == ".") await SayAsync(answer);
                else if (line == "DATA") await SayAsync("354 go");
                else if (line.Split(' ')[0] is "EHLO" or "MAIL" or "RCPT" or "QUIT") await SayAsync("250 ok");
            }
            await stream.DisposeAsync();
        });
        Assert.EndsWith(end, ProbeWorld.Steps(await SendAsync(world)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_the_host_cannot_take_is_told_before_it_is_sent() =>
        Assert.EndsWith("Failed Recipient MessageUnfit", ProbeWorld.Steps(await SendAsync(World(Good()), message with { Recipient = "amié@a.example" })), StringComparison.Ordinal);

    [Fact]
    public void Both_languages_have_the_same_texts_with_the_same_places()
    {
        var texts = new ResourceManager(typeof(ProbeText).FullName!, typeof(ProbeText).Assembly);
        Dictionary<string, string> Of(CultureInfo culture) => texts.GetResourceSet(culture, true, false)!.Cast<DictionaryEntry>().ToDictionary(one => (string)one.Key, one => (string)one.Value!);
        var (english, french) = (Of(CultureInfo.InvariantCulture), Of(CultureInfo.GetCultureInfo("fr")));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), french.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, text) in english)
            Assert.Equal((key, Places(text)), (key, Places(french[key])));
        foreach (var kind in Enum.GetNames<ProbeStepKind>()) Assert.True(english.ContainsKey("Step." + kind));
        foreach (var fault in Enum.GetNames<CertificateFault>().Where(name => name != "None")) Assert.True(english.ContainsKey($"Certificate{fault}.Advice"));
    }

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Place();
}
