using System.CommandLine;
using Facteur.Load;
using Facteur.Load.Conformance;
using Facteur.Load.Modes;

var host = new Option<string>("--host") { DefaultValueFactory = _ => "127.0.0.1", Description = "Server to load." };
var port = new Option<int>("--port") { Required = true, Description = "Its port." };
var tls = new Option<string>("--tls") { DefaultValueFactory = _ => "none", Description = "none, implicit or starttls." };
tls.AcceptOnlyFromAmong("none", "implicit", "starttls");
var user = new Option<string>("--user") { DefaultValueFactory = _ => "", Description = "User name." };
var password = new Option<string>("--password") { DefaultValueFactory = _ => "", Description = "Password." };
var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 10, Description = "Connections at once." };
var seconds = new Option<double?>("--seconds") { Description = "Stop after so many seconds." };
var operations = new Option<long?>("--operations") { Description = "Stop after so many operations in all." };
var size = new Option<int>("--size") { DefaultValueFactory = _ => 4096, Description = "Octets of a message." };
var mailbox = new Option<string>("--mailbox") { DefaultValueFactory = _ => "INBOX", Description = "Mailbox to use." };
var arguments = new Option<string>("--arguments") { DefaultValueFactory = _ => "FLAGS", Description = "FETCH items or SEARCH keys." };
var recipients = new Option<string[]>("--recipient") { DefaultValueFactory = _ => [], Description = "Envelope recipient; may be given several times." };
var visible = new Option<int?>("--visible-imap-port") { Description = "smtp-deliver: wait until all is seen in the mailbox through this port; jmap-changes, jmap-push: where messages come in." };
var pid = new Option<int?>("--pid") { Description = "imap-idle-hold, jmap-push: the server's process, to report its memory." };
var sinkPort = new Option<int>("--sink-port") { DefaultValueFactory = _ => 2626, Description = "smtp-relay: port of the hosts that the server sends to." };
var destinations = new Option<int>("--destinations") { DefaultValueFactory = _ => 10, Description = "smtp-relay: how many hosts, 127.0.1.1 and above." };
var dnsPort = new Option<int?>("--dns-port") { Description = "smtp-relay: answer for load.test as a name server on this port." };

var modes = new Dictionary<string, (string Help, Func<LoadOptions, Task<string>> Run)>
{
    ["smtp-deliver"] = ("Send messages by SMTP.", SmtpDeliver.RunAsync),
    ["smtp-relay"] = ("Send messages by SMTP to d1.load.test and so on, and take them in as their hosts.", SmtpRelay.RunAsync),
    ["imap-login"] = ("Connect, log in, log out.", ImapModes.LoginAsync),
    ["imap-append"] = ("APPEND messages.", ImapModes.AppendAsync),
    ["imap-fill"] = ("APPEND many messages a command, to fill a mailbox.", ImapModes.FillAsync),
    ["imap-fill-mailbox"] = ("APPEND --operations messages as people have them: conversations, HTML, attachments, a year of dates.", MailboxFill.RunAsync),
    ["imap-fetch"] = ("UID FETCH 1:* of --arguments.", ImapModes.FetchAsync),
    ["imap-select"] = ("SELECT a mailbox.", ImapModes.SelectAsync),
    ["imap-store"] = ("Change a flag of single messages.", ImapModes.StoreAsync),
    ["imap-search"] = ("UID SEARCH of --arguments.", ImapModes.SearchAsync),
    ["imap-idle-hold"] = ("Hold connections in IDLE.", ImapModes.IdleHoldAsync),
    ["pop3-retr"] = ("Fetch all messages by POP3, one after another.", Pop3Modes.RetrAsync),
    ["pop3-retr-pipelined"] = ("Fetch all messages by POP3, commands ahead of answers.", Pop3Modes.PipelinedAsync),
    ["pop3-list"] = ("LIST of a maildrop.", Pop3Modes.ListAsync),
    ["pop3-uidl"] = ("UIDL of a maildrop.", Pop3Modes.UidlAsync),
    ["pop3-login"] = ("Connect, log in by POP3, STAT, QUIT.", Pop3Modes.LoginAsync),
    ["jmap-list"] = ("Ask for the first 50 conversations of the inbox.", JmapModes.ListAsync),
    ["jmap-changes"] = ("Ask what changed after each message that comes by IMAP.", JmapModes.ChangesAsync),
    ["jmap-import"] = ("Upload and import messages.", JmapModes.ImportAsync),
    ["jmap-push"] = ("Hold event sources and time what they are told.", JmapPush.RunAsync),
    ["pop3-conformance"] = ("Hold the POP3 conversations of the RFCs; --arguments: only those whose name holds it.", Pop3Conformance.RunAsync),
};

var root = new RootCommand("Puts a load on any standard mail server and prints one JSON line.");
var signature = new Option<FileInfo?>("--signature") { Description = "smtp-deliver: file with header fields to stand before each message (DKIM-Signature)." };
foreach (var (name, mode) in modes)
{
    var command = new Command(name, mode.Help);
    foreach (var option in new Option[] { host, port, tls, user, password, connections, seconds, operations, size, mailbox, arguments, recipients, visible, pid, sinkPort, destinations, dnsPort, signature })
        command.Options.Add(option);
    command.SetAction(async (parsed, cancel) =>
    {
        var (limit, most) = (parsed.GetValue(seconds), parsed.GetValue(operations));
        var options = new LoadOptions
        {
            Host = parsed.GetValue(host)!,
            Port = parsed.GetValue(port),
            Tls = parsed.GetValue(tls) switch { "implicit" => TlsMode.Implicit, "starttls" => TlsMode.StartTls, _ => TlsMode.None },
            User = parsed.GetValue(user)!,
            Password = parsed.GetValue(password)!,
            Connections = parsed.GetValue(connections),
            Duration = limit is { } s ? TimeSpan.FromSeconds(s) : most is null ? TimeSpan.FromSeconds(10) : null,
            Operations = most,
            Size = parsed.GetValue(size),
            Mailbox = parsed.GetValue(mailbox)!,
            Arguments = parsed.GetValue(arguments)!,
            Recipients = parsed.GetValue(recipients) is { Length: > 0 } given ? given : [parsed.GetValue(user)!],
            VisibleImapPort = parsed.GetValue(visible),
            Pid = parsed.GetValue(pid),
            SinkPort = parsed.GetValue(sinkPort),
            Destinations = parsed.GetValue(destinations),
            DnsPort = parsed.GetValue(dnsPort),
            Signature = parsed.GetValue(signature) is { } file ? await File.ReadAllBytesAsync(file.FullName, cancel) : [],
        };
        var report = await mode.Run(options);
        Console.WriteLine(report);
        return report.Contains("\"errors\":0", StringComparison.Ordinal) ? 0 : 1;
    });
    root.Subcommands.Add(command);
}
var sample = new Command("sample", "Writes the message that smtp-deliver sends to standard output, to be signed.") { size, recipients };
sample.SetAction(async (parsed, cancel) =>
{
    await using var output = Console.OpenStandardOutput();
    await output.WriteAsync(new SampleMessage(parsed.GetValue(size), "claire@sender.test", parsed.GetValue(recipients)![0]).Stamp(0), cancel);
});
root.Subcommands.Add(sample);
return await root.Parse(args).InvokeAsync();
