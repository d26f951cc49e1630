using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Demo;

/// <summary>A whole server in the demo's folder: the same as "facteur run" starts, on ports of loopback only.</summary>
internal sealed class DemoServer(DemoFolder folder, DemoPorts ports)
{
    /// <summary>Starts, makes the accounts and fills them.</summary>
    /// <exception cref="StartException">Something is in the way; the message is one sentence.</exception>
    public async Task<FacteurServer> StartAsync(ILoggerFactory loggers, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(folder.Configuration, ConfigurationText(), cancel);
        // Not read from that file: FACTEUR__ variables of a real server would lead the demo to its data.
        var configuration = new FacteurConfiguration
        {
            Hostname = "localhost",
            Data = folder.Data,
            Listen = ports.Listen(),
            PlaintextAuth = PlaintextAuth.Loopback,
            // Nothing leaves this machine: nobody listens there, so no name is found and mail for others waits.
            Dns = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 9)],
        };
        var server = await FacteurServer.StartAsync(
            configuration,
            async (data, stop) => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = data }, TimeProvider.System, loggers.CreateLogger<EmbeddedStore>(), stop),
            TimeProvider.System, loggers, cancel);
        try
        {
            await DemoSeed.EnsureAsync(server.Store, TimeProvider.System.GetUtcNow(), cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<SelfTestResult> TestAsync(CancellationToken cancel)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(folder.Authority);
        return await new SelfTest(ports, authority).RunAsync(cancel);
    }

    /// <summary>For the other verbs: facteur account list --config facteur-demo/facteur.json.</summary>
    private string ConfigurationText()
    {
        var listen = ports.Listen().ToDictionary(address => address.Kind.Name, address => (string[])[address.EndPoint.ToString()]);
        var keys = new { hostname = "localhost", data = Path.GetFileName(folder.Data), listen, auth = new { plaintext = "loopback" } };
        return "// Written anew at each start of facteur demo, so that other verbs find it: facteur account list --config THIS\n"
            + JsonSerializer.Serialize(keys, ControlJson.Indented) + "\n";
    }
}
