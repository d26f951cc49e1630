using System.Text;
using Facteur.Net;
using Facteur.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp;

/// <summary>What a hostile or broken client may cost (S-02, S-12).</summary>
[Trait("Promise", "S-12")]
public sealed class LimitTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public Task A_line_too_long_is_refused_and_the_next_is_read() => server.ConverseAsync(SmtpMode.Mx, $"""
        S: 220 *
        C: EHLO {new string('a', 5_000)}
        S: 500 5.5.2 line too long
        C: HELO c
        S: 250 *
        C: MAIL FROM:<{new string('a', 3_000)}@example.org>
        S: 500 5.5.2 line too long
        C: MAIL FROM:<{new string('a', 300)}@example.org>
        S: 501 5.1.7 *
        C: NOOP
        S: 250 *
        """);

    [Fact]
    public async Task Ehlo_of_a_megabyte_ends_the_connection()
    {
        var fixture = server.Fixture;
        await fixture.RunAsync(SmtpMode.Mx, $"""
            S: 220 *
            C\: EHLO {new string('a', 60_000)}
            S: 500 5.5.2 line too long
            C\: {new string('a', 60_000)}
            S: 421 4.7.0 *
            S: <closed>
            """);
    }

    [Fact]
    public async Task Commands_without_end_are_stopped()
    {
        var options = new SmtpOptions { HostName = "mx.demo.test", MaxIdleCommandOctets = 16 * 1024 };
        var noops = string.Concat(Enumerable.Repeat("NOOP\\r\\n", 2_730));
        await server.ConverseAsync(SmtpMode.Mx, $"""
            S: 220 *
            C\: {noops}
            S\: {string.Concat(Enumerable.Repeat("250 2.0.0 OK\\r\\n", 2_730))}
            C: NOOP
            S: 250 2.0.0 OK
            S: 421 4.7.0 too many commands *
            S: <closed>
            """, options);
    }

    [Fact]
    public async Task Past_the_limit_recipients_get_452_and_in_the_end_the_door()
    {
        var options = new SmtpOptions { HostName = "mx.demo.test", MaxRecipients = 100 };
        var script = new StringBuilder("S: 220 *\nC: HELO c\nS: 250 *\nC: MAIL FROM:<>\nS: 250 *\n");
        for (var i = 1; i <= 100; i++) script.Append(CultureFree($"C: RCPT TO:<moi+{i}@demo.test>\nS: 250 *\n"));
        for (var i = 101; i < 1_000; i++) script.Append("C: RCPT TO:<moi@demo.test>\nS: 452 4.5.3 *\n");
        script.Append("C: RCPT TO:<moi@demo.test>\nS: 421 *\nS: <closed>");
        await server.ConverseAsync(SmtpMode.Mx, script.ToString(), options);
    }

    [Fact]
    public Task Who_guesses_addresses_is_shown_out() => server.ConverseAsync(SmtpMode.Mx, $"""
        S: 220 *
        C: HELO c
        S: 250 *
        C: MAIL FROM:<>
        S: 250 *
        {string.Join('\n', Enumerable.Range(0, 10).Select(i => CultureFree($"C: RCPT TO:<guess{i}@demo.test>\nS: 550 5.1.1 *")))}
        S: 421 4.7.0 *
        S: <closed>
        """, new SmtpOptions { HostName = "mx.demo.test", MaxRefusedRecipients = 10 });

    [Fact]
    public Task Too_many_bad_commands_end_the_session() => server.ConverseAsync(SmtpMode.Mx, $"""
        S: 220 *
        {string.Join('\n', Enumerable.Repeat("C: FOO\nS: 500 *", 5))}
        S: 421 4.7.0 too many errors; closing
        S: <closed>
        """, new SmtpOptions { HostName = "mx.demo.test", MaxErrors = 5 });

    [Theory]
    [Trait("Promise", "S-02")]
    [InlineData(@"RCPT TO:<""a\rb""@demo.test>")]
    [InlineData(@"RCPT TO:<""a\0b""@demo.test>")]
    [InlineData(@"RCPT TO:<moi@demo.test\0>")]
    [InlineData(@"RCPT TO:<moi@demo.test>\r")]
    [InlineData(@"NOOP \x08")]
    public Task Control_characters_are_refused(string command) => server.ConverseAsync(SmtpMode.Mx, $"""
        S: 220 *
        C\: {command}\r\n
        S: 500 5.5.2 control characters are not allowed in a command
        """);

    [Fact]
    [Trait("Promise", "S-02")]
    public Task A_line_break_in_a_quoted_string_ends_the_line_and_smuggles_nothing() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: HELO c
        S: 250 *
        C: MAIL FROM:<>
        S: 250 *
        C\: RCPT TO:<"a\r\nRCPT TO:<moi@demo.test>"@demo.test>\r\n
        S: 501 5.1.3 *
        S: 501 5.1.3 *
        C: DATA
        S: 503 5.5.1 no recipient was accepted
        """);

    [Fact]
    [Trait("Promise", "S-01")]
    public Task A_bare_line_feed_between_commands_ends_the_connection() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C\: NOOP\nMAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\n
        S: 521 5.5.2 *
        S: <closed>
        """);

    [Fact]
    public async Task Silence_ends_the_session_after_five_minutes()
    {
        var fixture = server.Fixture;
        var reason = EndReason.ServerFault;
        await Transcript.RunAsync(async connection => reason = await fixture.Handler(SmtpMode.Mx).RunAsync(connection, default), """
            S: 220 *
            C: HELO c
            S: 250 *
            C: MAIL FROM:<>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            T: 4.9m
            C: NOOP
            S: 250 *
            T: 4.9m
            T: 0.2m
            S: 421 4.4.2 *
            S: <closed>
            """, fixture.Transcripts());
        Assert.Equal(EndReason.Timeout, reason);
    }

    [Fact]
    public async Task Before_the_login_a_submission_client_has_thirty_seconds()
    {
        var fixture = server.Fixture;
        await fixture.RunAsync(SmtpMode.Submission, """
            S: 220 *
            C: EHLO c
            S: 250-*
            T: 31s
            """, fixture.Transcripts() with { IgnoreRest = true });
    }

    [Fact]
    public async Task A_server_that_stops_says_so_between_commands()
    {
        var fixture = server.Fixture;
        MailConnection? connected = null;
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            !: stop
            S: 421 4.3.2 *
            S: <closed>
            """, fixture.Transcripts() with
        {
            Connected = (_, connection) => connected = connection,
            Actions = new Dictionary<string, Func<Task>> { ["stop"] = () => { connected!.End(EndReason.Draining); return Task.CompletedTask; } },
        });
    }

    private static string CultureFree(FormattableString text) => FormattableString.Invariant(text);
}
