using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Debian's Chromium, driven by Playwright, which downloads nothing. Also of bench/Facteur.Browse.</summary>
internal static class LocalChromium
{
    /// <summary>
    /// Begins a browser to which the key of the certificate of a server on this machine counts as good, as if its authority were installed: where errors are passed over
    /// there are neither passkeys nor service workers, nor a cache.
    /// </summary>
    /// <param name="httpsPort">Where the server listens already.</param>
    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright, int httpsPort, params string[] more) =>
        await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Timeout = 180_000,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", $"--ignore-certificate-errors-spki-list={await KeyHashAsync(httpsPort)}", .. more],
        });

    /// <summary>The key of the certificate of a server on this machine, as the browser is told of it.</summary>
    public static async Task<string> KeyHashAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        byte[]? key = null;
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                key = ((X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo();
                return true;
            },
        });
        return Convert.ToBase64String(SHA256.HashData(key!));
    }
}
