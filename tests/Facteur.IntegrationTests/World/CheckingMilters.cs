using System.Net;
using Facteur.IntegrationTests.Dns;
using Facteur.IntegrationTests.Filtering;

namespace Facteur.IntegrationTests.World;

/// <summary>Debian's OpenDKIM and OpenDMARC as milters of the world's Postfix: what they find stands in Authentication-Results of its messages. They refuse nothing.</summary>
internal sealed class CheckingMilters : IAsyncDisposable
{
    private readonly List<DaemonProcess> processes = [];

    /// <param name="hostName">Name of the mail host, in the fields they write.</param>
    public static async Task<CheckingMilters> StartAsync(NamedPrograms programs, string folder, IPAddress address, IPAddress resolver, string hostName)
    {
        var (opendkim, opendmarc) = (LabProcess.Find("opendkim"), LabProcess.Find("opendmarc"));
        var milters = new CheckingMilters();
        Directory.CreateDirectory(folder);
        // OpenDKIM resolves by libunbound, which by itself asks nobody on loopback, and nobody at all for names under "test".
        var names = Path.Combine(folder, "names.conf");
        await File.WriteAllTextAsync(names, $"""
            server:
                do-not-query-localhost: no
                local-zone: "test." nodefault
            forward-zone:
                name: "."
                forward-addr: {resolver}

            """);
        await milters.StartAsync(programs, opendkim, Path.Combine(folder, "opendkim.conf"), new IPEndPoint(address, 8891), "-x", $"""
            Mode v
            AuthservID {hostName}
            ResolverConfiguration {names}
            AlwaysAddARHeader yes
            RequireSafeKeys no
            Syslog no
            """);
        await milters.StartAsync(programs, opendmarc, Path.Combine(folder, "opendmarc.conf"), new IPEndPoint(address, 8893), "-c", $"""
            AuthservID {hostName}
            TrustedAuthservIDs {hostName}
            SPFSelfValidate true
            SPFIgnoreResults true
            RejectFailures false
            Syslog false
            """);
        return milters;
    }

    /// <summary>Value of smtpd_milters.</summary>
    public static string Setting(IPAddress address) => $"inet:{address}:8891, inet:{address}:8893";

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
    }

    private async Task StartAsync(NamedPrograms programs, string program, string file, IPEndPoint endPoint, string option, string configuration)
    {
        await File.WriteAllTextAsync(file, configuration + "\n");
        processes.Add(await DaemonProcess.StartAsync(endPoint, NamedPrograms.Program, programs.Arguments(program, "-f", option, file, "-p", $"inet:{endPoint.Port}@{endPoint.Address}")));
    }
}
