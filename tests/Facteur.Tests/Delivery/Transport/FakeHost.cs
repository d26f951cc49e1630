using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>A mail host that takes everything, with the faults that a test gives it.</summary>
internal sealed class FakeHost
{
    /// <summary>Null: STARTTLS is not offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Sent along with <see cref="Certificate"/>.</summary>
    public X509Certificate2Collection Chain { get; init; } = [];

    /// <summary>Says 220 to STARTTLS and then something that is no TLS.</summary>
    public bool BreaksTls { get; init; }

    /// <summary>Closes without a word after each message.</summary>
    public bool LeavesAfterMessage { get; init; }

    /// <summary>TLS from the first octet.</summary>
    public bool IsImplicit { get; init; }

    public string Greeting { get; init; } = "220 mx ESMTP";
    public string ReplyToRcpt { get; init; } = "250 ok";
    public string ReplyToAuth { get; init; } = "235 welcome";
    public string[] Extensions { get; init; } = [];

    /// <summary>Messages taken, each with "clear" or the SNI under which it came.</summary>
    public List<string> Taken { get; } = [];

    /// <summary>All that was said, commands only.</summary>
    public List<string> Heard { get; } = [];

    public async Task ServeAsync(Stream stream)
    {
        await using (stream)
        {
            try
            {
                await TalkAsync(stream);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
            {
                // The client went away.
            }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        string? tls = null;
        if (IsImplicit) (stream, tls) = await HandshakeAsync(stream);
        await SayAsync(stream, Greeting);
        while (await ReadLineAsync(stream) is { } line)
        {
            Heard.Add(line);
            switch (line.Split(' ')[0])
            {
                case "EHLO":
                    string[] offered = [.. Extensions, .. (Certificate is not null || BreaksTls) && tls is null ? ["STARTTLS"] : Array.Empty<string>()];
                    await SayAsync(stream, string.Concat(offered.Prepend("mx").Select((word, i) => $"{(i == 0 ? "" : "\r\n")}250{(i == offered.Length ? ' ' : '-')}{word}")));
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go");
                    if (BreaksTls) return;
                    (stream, tls) = await HandshakeAsync(stream);
                    break;
                case "RCPT":
                    await SayAsync(stream, ReplyToRcpt);
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go");
                    while (await ReadLineAsync(stream) is { } text && text != ".")
                    {
                    }
                    Taken.Add(tls ?? "clear");
                    await SayAsync(stream, "250 taken");
                    if (LeavesAfterMessage) return;
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                case "AUTH":
                    await SayAsync(stream, ReplyToAuth);
                    break;
                default:
                    await SayAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task<(Stream Stream, string Tls)> HandshakeAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Certificate!, Chain, offline: true),
        });
        return (secure, secure.TargetHostName);
    }

    private static async Task SayAsync(Stream stream, string line)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        await stream.FlushAsync();
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }
}
