using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.IntegrationTests.Dns;
using Facteur.IntegrationTests.Filtering;

namespace Facteur.IntegrationTests.World;

/// <summary>
/// Debian's Postfix as the mail host of one domain, with a configuration and queue of its own. It takes part in DANE where the other
/// side has TLSA records, and encrypts by chance elsewhere. Clients on 127.0.0.1 may send anywhere.
/// </summary>
internal sealed class PostfixHost(string folder, IPAddress address, string domain) : IAsyncDisposable
{
    private CheckingMilters? milters;
    private DaemonProcess? process;

    public string Domain => domain;
    public string HostName => "mail." + domain;
    private string Etc => Path.Combine(folder, "etc");
    private string LogFile => Path.Combine(folder, "log");
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>Writes the configuration and starts it, with the milters that judge what it takes.</summary>
    /// <param name="mailboxes">Local parts that have a mailbox.</param>
    /// <param name="aliases">Local part to the address it is sent on to.</param>
    public async Task StartAsync(NamedPrograms programs, IPAddress resolver, (string Certificate, string Key) tls, string[] mailboxes, IReadOnlyDictionary<string, string> aliases)
    {
        foreach (var name in (string[])["etc", "queue", "lib", "mail"]) Directory.CreateDirectory(Path.Combine(folder, name));
        // Delivery runs as nobody, the rest as postfix.
        File.SetUnixFileMode(Path.Combine(folder, "mail"), (UnixFileMode)Convert.ToInt32("777", 8));
        Assert.Equal(0, (await Programs.RunAsync("chown", ["postfix", Path.Combine(folder, "lib")])).ExitCode);
        // inet_interfaces knows addresses that an interface lists, which the loopback network's others are not; the service names its own.
        await File.WriteAllTextAsync(Path.Combine(Etc, "main.cf"), Main(tls));
        await File.WriteAllTextAsync(Path.Combine(Etc, "master.cf"), Master);
        await File.WriteAllLinesAsync(Path.Combine(Etc, "mailboxes"), mailboxes.Select(name => $"{name}@{domain} {name}/"));
        await File.WriteAllLinesAsync(Path.Combine(Etc, "aliases"), aliases.Select(pair => $"{pair.Key}@{domain} {pair.Value}"));
        milters = await CheckingMilters.StartAsync(programs, Path.Combine(folder, "milters"), address, resolver, HostName);
        process = await DaemonProcess.StartAsync(new IPEndPoint(address, 25), NamedPrograms.Program, programs.Arguments(LabProcess.Find("postfix"), "-c", Etc, "start-fg"));
    }

    /// <summary>Gives it a message as a program on its machine does.</summary>
    /// <param name="author">Who the message says it is from; the sender when it is null.</param>
    public async Task SendAsync(string from, string to, string subject, string body, string? author = null)
    {
        await using var client = await TestClient.ConnectAsync(25, address: address.ToString());
        await client.ExpectAsync("220");
        await client.CommandAsync("EHLO localhost", "250");
        await client.CommandAsync($"MAIL FROM:<{from}>", "250");
        await client.CommandAsync($"RCPT TO:<{to}>", "250");
        await client.CommandAsync("DATA", "354");
        await client.WriteAsync(MailWorld.Message(author ?? from, to, subject, body));
        await client.CommandAsync(".", "250");
        await client.CommandAsync("QUIT", "221");
    }

    /// <summary>Waits until it has logged this: what a program of it says comes into the log some time.</summary>
    public async Task WaitLogAsync(Regex line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!line.IsMatch(Log))
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"'{line}' was not logged: {Log}");
            }
        }
    }

    /// <summary>The message in a mailbox whose text has these words, as it lies there; waits for it.</summary>
    public async Task<string> WaitMessageAsync(string mailbox, string words)
    {
        var place = Path.Combine(folder, "mail", mailbox, "new");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            if (Directory.Exists(place))
                foreach (var file in Directory.GetFiles(place))
                    if (await File.ReadAllTextAsync(file, Encoding.UTF8, limit.Token) is var text && text.Contains(words, StringComparison.Ordinal)) return text;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"no message with '{words}' came to {mailbox}: {Log}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
        if (milters is not null) await milters.DisposeAsync();
    }

    private string Main((string Certificate, string Key) tls) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/lib
        maillog_file = {LogFile}
        maillog_file_prefixes = {folder}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        smtp_bind_address = {address}
        myhostname = {HostName}
        mydomain = {domain}
        myorigin = {domain}
        mydestination =
        mynetworks = 127.0.0.1/32
        alias_maps =
        alias_database =
        virtual_mailbox_domains = {domain}
        virtual_mailbox_base = {folder}/mail
        virtual_mailbox_maps = texthash:{Etc}/mailboxes
        virtual_alias_maps = texthash:{Etc}/aliases
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
        smtpd_tls_security_level = may
        smtpd_tls_cert_file = {tls.Certificate}
        smtpd_tls_key_file = {tls.Key}
        smtpd_tls_received_header = yes
        smtp_tls_security_level = dane
        smtp_dns_support_level = dnssec
        smtp_tls_loglevel = 1
        smtpd_milters = {CheckingMilters.Setting(address)}
        milter_default_action = accept

        """;

    private string Master => $"""
        {address}:smtp inet n - n - - smtpd
        pickup     unix  n - n 60 1 pickup
        cleanup    unix  n - n - 0 cleanup
        qmgr       unix  n - n 300 1 qmgr
        tlsmgr     unix  - - n 1000? 1 tlsmgr
        rewrite    unix  - - n - - trivial-rewrite
        bounce     unix  - - n - 0 bounce
        defer      unix  - - n - 0 bounce
        trace      unix  - - n - 0 bounce
        verify     unix  - - n - 1 verify
        flush      unix  n - n 1000? 0 flush
        proxymap   unix  - - n - - proxymap
        proxywrite unix  - - n - 1 proxymap
        smtp       unix  - - n - - smtp
        relay      unix  - - n - - smtp
        showq      unix  n - n - - showq
        error      unix  - - n - - error
        retry      unix  - - n - - error
        discard    unix  - - n - - discard
        local      unix  - n n - - local
        virtual    unix  - n n - - virtual
        lmtp       unix  - - n - - lmtp
        anvil      unix  - - n - 1 anvil
        scache     unix  - - n - 1 scache
        postlog    unix-dgram n - n - 1 postlogd

        """;
}
