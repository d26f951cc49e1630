using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.IntegrationTests.Ldap;

/// <summary>Debian's slapd on loopback, with a folder of its own: dc=example,dc=test, people below ou=people, searched by cn=facteur, who is given five entries at a time.</summary>
internal sealed class LdapServer : IAsyncDisposable
{
    public const string Base = "ou=people,dc=example,dc=test", SearchDn = "cn=facteur,dc=example,dc=test", SearchPassword = "cherche-42", AdminPassword = "admin-42";
    private const string AdminDn = "cn=admin,dc=example,dc=test";

    private readonly string folder;
    private Process? process;

    private LdapServer(string folder) => this.folder = folder;

    public int Port { get; } = FreePorts.Take();
    public int TlsPort { get; } = FreePorts.Take();

    /// <summary>The authority of the server's certificate.</summary>
    public string Authority => Path.Combine(folder, "ca.pem");

    public string Url => string.Create(CultureInfo.InvariantCulture, $"ldap://127.0.0.1:{Port}");
    public string TlsUrl => string.Create(CultureInfo.InvariantCulture, $"ldaps://127.0.0.1:{TlsPort}");

    /// <param name="certificateFor">Name or address in the server's certificate.</param>
    public static async Task<LdapServer> StartAsync(string certificateFor = "127.0.0.1", string? entries = null)
    {
        Programs.Require("slapd", "slapadd", "ldapmodify");
        var server = new LdapServer(Directory.CreateTempSubdirectory("facteur-ldap-").FullName);
        server.WriteCertificates(certificateFor);
        Directory.CreateDirectory(Path.Combine(server.folder, "db"));
        await File.WriteAllTextAsync(Path.Combine(server.folder, "slapd.conf"), server.Configuration);
        await File.WriteAllTextAsync(Path.Combine(server.folder, "entries.ldif"), Tree + (entries ?? People));
        var added = await Programs.RunAsync("slapadd", ["-f", Path.Combine(server.folder, "slapd.conf"), "-l", Path.Combine(server.folder, "entries.ldif")]);
        Assert.True(added.ExitCode == 0, added.ToString());
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts it, again after <see cref="KillAsync"/>.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo("slapd") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-h", $"{Url} {TlsUrl}", "-f", Path.Combine(folder, "slapd.conf"), "-d", "256"]) start.ArgumentList.Add(argument);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data?.Contains("slapd starting", StringComparison.Ordinal) == true) ready.TrySetResult();
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(3));
        // It says so a moment before it listens.
        foreach (var port in (int[])[Port, TlsPort]) await ListensAsync(port);
    }

    private async Task ListensAsync(int port)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!process!.HasExited)
            {
                await Task.Delay(10);
            }
        }
    }

    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Changes entries by an LDIF of changes; an entry without a change is added.</summary>
    public async Task ModifyAsync(string ldif)
    {
        var result = await Programs.RunAsync("ldapmodify", ["-a", "-x", "-H", Url, "-D", AdminDn, "-w", AdminPassword], ldif);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>An entry of a person as LDIF.</summary>
    public static string Person(string uid, string name, string password, string more = "") => $"""
        dn: uid={uid},{Base}
        objectClass: inetOrgPerson
        uid: {uid}
        cn: {name}
        sn: {name}
        displayName: {name}
        mail: {uid}@example.test
        userPassword: {password}
        {more}

        """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n\n";

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await KillAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Tree => $"""
        dn: dc=example,dc=test
        objectClass: dcObject
        objectClass: organization
        dc: example
        o: Example

        dn: {Base}
        objectClass: organizationalUnit
        ou: people

        dn: {SearchDn}
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: facteur
        userPassword: {SearchPassword}


        """;

    private static string People =>
        Person("claire", "Claire Martin", "soleil-42-papier", "mail: c.martin@example.test\nmail: claire@elsewhere.test\nmemberOf: cn=ventes,ou=groups,dc=example,dc=test")
        + Person("paul", "Paul Durand", "nuage-17-crayon");

    private string Configuration => $"""
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload memberof
        pidfile {folder}/slapd.pid
        TLSCertificateFile {folder}/server.pem
        TLSCertificateKeyFile {folder}/server.key
        TLSCACertificateFile {folder}/ca.pem
        database mdb
        suffix "dc=example,dc=test"
        rootdn "{AdminDn}"
        rootpw {AdminPassword}
        directory {folder}/db
        maxsize 16777216
        access to attrs=userPassword by anonymous auth by * none
        access to * by dn.exact="{SearchDn}" read by self read by * none
        limits dn.exact="{SearchDn}" size.soft=5 size.hard=5 size.pr=none size.prtotal=unlimited
        """;

    private void WriteCertificates(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Directory authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(3));
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=directory", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        server.CertificateExtensions.Add(names.Build());
        using var issued = server.Create(authority, now.AddHours(-1), now.AddDays(2), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.pem"), issued.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), own.ExportPkcs8PrivateKeyPem());
    }
}
