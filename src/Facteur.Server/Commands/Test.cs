using System.CommandLine;
using System.Globalization;
using System.Net;
using Facteur.Accounts;
using Facteur.Delivery.Probing;
using Facteur.Mail;
using Facteur.Smtp.Client;

namespace Facteur.Server.Commands;

/// <summary>facteur test mx|submission|send: the way to another mail host, step by step. Runs in this process; the server need not.</summary>
internal static class Test
{
    private const int SmtpPort = 25, SubmissionPort = 587, SubmissionsPort = 465; // RFC 6409 §3.1, RFC 8314 §3.3

    public static Command Create() => new("test", "Try the way to another mail host, step by step, with cause and advice where it ends") { CreateMx(), CreateSubmission(), CreateSend() };

    private static Argument<string> Host() => new("HOST") { Description = "Name or address of the host" };

    private static Command CreateMx()
    {
        var domain = new Argument<string>("DOMAIN") { Description = "Domain, host, or address in brackets" };
        return TestRun.Command("mx", "The mail exchangers of a domain: addresses, policies, greeting, TLS, certificates; nothing is sent",
            (line, _) => new ValueTask<TestRun.Probe>((probe, cancel) => probe.MailExchangersAsync(ReadHost(line.GetRequiredValue(domain)), cancel)), domain);
    }

    private static Command CreateSubmission()
    {
        var host = Host();
        var port = new Option<int?>("--port") { Description = "Default: 587; 465 with --tls implicit; 25 with --tls none" };
        var tls = new Option<string?>("--tls") { Description = "starttls, implicit (from the first octet) or none (default: implicit on port 465, else starttls)" };
        tls.AcceptOnlyFromAmong("starttls", "implicit", "none");
        var login = new Login();
        return TestRun.Command("submission", "A host that programs submit mail to, and a login there; nothing is sent",
            async (line, cancel) =>
            {
                var use = Use(line.GetValue(tls)) ?? (line.GetValue(port) == SubmissionsPort ? TlsUse.Implicit : TlsUse.Required);
                var target = new ProbeTarget(ReadHost(line.GetRequiredValue(host)), Port(line.GetValue(port), use, SubmissionPort), use) { Credentials = await login.ReadAsync(line, cancel) };
                return (probe, stop) => probe.SubmissionAsync(target, stop);
            }, [host, port, tls, .. login.All]);
    }

    private static Command CreateSend()
    {
        var host = Host();
        var from = new Option<string>("--from") { Description = "Sender", Required = true };
        var to = new Option<string>("--to") { Description = "Recipient", Required = true };
        var subject = new Option<string?>("--subject") { Description = "Subject (default: that it is a test)" };
        var port = new Option<int?>("--port") { Description = "Default: 25; 587 with a login; 465 with --tls implicit" };
        var tls = new Option<string?>("--tls") { Description = "opportunistic, starttls, implicit or none (default: starttls with a login or on 587, implicit on 465, else opportunistic)" };
        tls.AcceptOnlyFromAmong("opportunistic", "starttls", "implicit", "none");
        var lmtp = new Option<bool>("--lmtp") { Description = "The host speaks LMTP" };
        var login = new Login();
        return TestRun.Command("send", "Send one message to a host, past the queue",
            async (line, cancel) =>
            {
                var credentials = await login.ReadAsync(line, cancel);
                var use = Use(line.GetValue(tls)) ?? line.GetValue(port) switch { SubmissionsPort => TlsUse.Implicit, SubmissionPort => TlsUse.Required, _ => credentials is null ? TlsUse.WhenOffered : TlsUse.Required };
                var target = new ProbeTarget(ReadHost(line.GetRequiredValue(host)), Port(line.GetValue(port), use, credentials is null ? SmtpPort : SubmissionPort), use)
                {
                    Credentials = credentials,
                    IsLmtp = line.GetValue(lmtp),
                };
                var message = new ProbeMessage(ReadAddress(line.GetRequiredValue(from)), ReadAddress(line.GetRequiredValue(to)), line.GetValue(subject));
                return (probe, stop) => probe.SendAsync(target, message, line.GetValue(TestRun.Language)!, stop);
            }, [host, from, to, subject, port, tls, lmtp, .. login.All]);
    }

    private static TlsUse? Use(string? tls) => tls switch
    {
        "starttls" => TlsUse.Required,
        "implicit" => TlsUse.Implicit,
        "opportunistic" => TlsUse.WhenOffered,
        "none" => TlsUse.Never,
        _ => null,
    };

    private static int Port(int? port, TlsUse use, int usual) => port switch
    {
        null => use switch { TlsUse.Implicit => SubmissionsPort, TlsUse.Never => SmtpPort, _ => usual },
        > 0 and <= IPEndPoint.MaxPort => port.Value,
        _ => throw new UsageException($"The port {port} is not between 1 and {IPEndPoint.MaxPort}."),
    };

    private static string ReadHost(string text) =>
        text is ['[', .., ']'] || IPAddress.TryParse(text, out _) ? text
        : DomainName.Normalize(text.TrimEnd('.')) ?? throw new UsageException($"\"{text}\" is neither a host name nor an address.");

    private static string ReadAddress(string text) => MailAddress.TryParse(text, out var address) ? address.ToString() : throw new UsageException($"\"{text}\" is no address.");

    /// <summary>Options of a login; the password comes from standard input only.</summary>
    private sealed class Login
    {
        private readonly Option<string?> user = new("--user") { Description = "User name, often the whole address" };
        private readonly Option<bool> stdin = new("--password-stdin") { Description = "Read the password from the first line of standard input" };

        public Symbol[] All => [user, stdin];

        public async ValueTask<SmtpCredentials?> ReadAsync(ParseResult line, CancellationToken cancel)
        {
            if (line.GetValue(user) is null && !line.GetValue(stdin)) return null;
            if (line.GetValue(user) is not { } name || !line.GetValue(stdin)) throw new UsageException("A login takes --user and --password-stdin.");
            return new SmtpCredentials(name, (await Verb.ReadPasswordAsync(true, cancel))!);
        }
    }
}
