using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Facteur.Web.Testing;

/// <summary>A connection to one of our own ports as a mail program has it: lines, and TLS whose certificate is looked at as programs do.</summary>
internal sealed class TestConnection(Stream opened) : IAsyncDisposable
{
    /// <summary>Longest line that is read; our own are shorter.</summary>
    private const int MaxLineOctets = 64 * 1024;

    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(8 * 1024);
    private Stream stream = opened;
    private int start;
    private int end;

    /// <summary>What was found of the certificate; null before TLS.</summary>
    public TestCertificate? Certificate { get; private set; }

    /// <summary>"TLS 1.3", or "" in clear.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>Goes over to TLS. The session goes on whatever the certificate is: it leads back to ourselves, and what a program would say of it is told.</summary>
    public async ValueTask StartTlsAsync(string host, DateTimeOffset now, CancellationToken cancel)
    {
        if (start != end) throw new IOException("octets in clear follow the answer to STARTTLS");
        var tls = new SslStream(stream);
        stream = tls;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    Certificate = TestCertificate.Of(host, certificate as X509Certificate2, chain, errors, now);
                    return certificate is not null;
                },
            },
            cancel);
        Protocol = tls.SslProtocol switch { SslProtocols.Tls13 => "TLS 1.3", SslProtocols.Tls12 => "TLS 1.2", _ => "TLS" };
    }

    public async ValueTask SendAsync(string line, CancellationToken cancel)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancel);
        await stream.FlushAsync(cancel);
    }

    /// <summary>The next line without its CRLF.</summary>
    /// <exception cref="IOException">There is none any more, or it has no end.</exception>
    public async ValueTask<string> ReadAsync(CancellationToken cancel)
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            var found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.Write(buffer.AsSpan(start, found < 0 ? end - start : found + 1));
            start = found < 0 ? end : start + found + 1;
            if (found >= 0) return Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd('\r', '\n');
            if (line.WrittenCount > MaxLineOctets) throw new IOException("a line without end");
            (start, end) = (0, await stream.ReadAsync(buffer, cancel));
            if (end == 0) throw new IOException("the connection was closed");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}
