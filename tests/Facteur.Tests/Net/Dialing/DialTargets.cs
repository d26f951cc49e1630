using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dialing;

/// <summary>A listener on loopback that treats each connection as a test says, and counts them.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Stream, CancellationToken, Task> serve;
    private readonly Task loop;
    private int connections;

    public Target(Func<Stream, CancellationToken, Task>? serve = null, string address = "127.0.0.1")
    {
        this.serve = serve ?? ((_, _) => Task.CompletedTask);
        listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        loop = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndpoint;
    public int Port => EndPoint.Port;
    public int Connections => Volatile.Read(ref connections);

    /// <summary>An HTTPS server: one answer, written octet by octet as given, to each request head.</summary>
    public static Target Https(X509Certificate2 certificate, Func<string, Stream, CancellationToken, Task> answer) => new(async (stream, cancel) =>
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancel);
        while (await ReadHeadAsync(tls, cancel) is { } head) await answer(head, tls, cancel);
    });

    public static Target Https(X509Certificate2 certificate, string answer) =>
        Https(certificate, (_, stream, cancel) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer), cancel).AsTask());

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        stop.Dispose();
    }

    private static async Task<string?> ReadHeadAsync(Stream stream, CancellationToken cancel)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (await stream.ReadAsync(octet, cancel) == 1)
        {
            head.Append((char)octet[0]);
            if (octet[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) return head.ToString();
        }
        return null;
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                running.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) // the last: stopped between two accepts
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await serve(client.GetStream(), stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or the test is over.
        }
    }
}

/// <summary>An address that takes no connection and refuses none: a listener whose queue is full.</summary>
internal sealed class SilentAddress : IDisposable
{
    private readonly Socket full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public IPEndPoint EndPoint => (IPEndPoint)full.LocalEndPoint!;

    public static async Task<SilentAddress> CreateAsync(CancellationToken cancel)
    {
        var address = new SilentAddress();
        address.full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        address.full.Listen(0);
        await address.first.ConnectAsync(address.EndPoint, cancel);
        return address;
    }

    public void Dispose()
    {
        first.Dispose();
        full.Dispose();
    }
}

/// <summary>Dialers of tests.</summary>
internal static class Dialers
{
    /// <summary>Every purpose as it comes: public addresses only (services: the site too).</summary>
    public static GuardedDialer Strict(DnsResolver? resolver = null) => new(resolver ?? new ZoneResolver(), new GuardedDialerOptions(), TimeProvider.System);

    /// <summary>The purpose may reach 127.0.0.0/8 and ::1, at any port.</summary>
    public static GuardedDialer Local(DialPurpose purpose, DnsResolver? resolver = null, TimeProvider? time = null) =>
        new(resolver ?? new ZoneResolver(), LocalOptions(purpose), time ?? TimeProvider.System);

    public static GuardedDialerOptions LocalOptions(DialPurpose purpose) =>
        new GuardedDialerOptions().With(purpose, rule => rule.AllowAnyPort().AllowNetworks("127.0.0.0/8", "::1"));
}
