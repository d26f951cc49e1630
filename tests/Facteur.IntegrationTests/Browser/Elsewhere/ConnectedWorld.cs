using System.Security.Cryptography.X509Certificates;
using Facteur.IntegrationTests.World;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>A world with other hosts in it, on loopback: its server may reach them through the guarded dialer, and trusts their authority, as does the browser.</summary>
public sealed class ConnectedWorld : BrowserWorld
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-connected-").FullName;
    private readonly WorldAuthority authority;

    public ConnectedWorld()
    {
        authority = new WorldAuthority(folder);
        var (certificate, key) = authority.Issue("other", "127.0.0.1", "localhost");
        Certificate = X509Certificate2.CreateFromPemFile(certificate, key);
    }

    /// <summary>Of all other hosts.</summary>
    internal X509Certificate2 Certificate { get; }

    protected override IReadOnlyDictionary<string, object> Configuration => new Dictionary<string, object> { ["outbound"] = new Dictionary<string, object> { ["allow"] = new[] { "127.0.0.0/8" } } };

    protected override IReadOnlyDictionary<string, string> ServerEnvironment => new Dictionary<string, string> { ["SSL_CERT_FILE"] = authority.Bundle };

    protected override IReadOnlyList<string> TrustedKeys => [KeyHash(Certificate)];

    internal Task<OtherHost> StartHostAsync() => OtherHost.StartAsync(Certificate);

    protected override ValueTask EndAsync()
    {
        Certificate.Dispose();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
