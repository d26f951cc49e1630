using System.Diagnostics;
using System.Text;

namespace Facteur.Load;

/// <summary>A session with an SMTP server that sends one message after another; MAIL, RCPT and DATA are pipelined.</summary>
internal sealed class SmtpClient : IAsyncDisposable
{
    private static readonly byte[] endOfData = ".\r\n"u8.ToArray();
    private static long next;

    private readonly LineConnection connection;

    private SmtpClient(LineConnection connection) => this.connection = connection;

    /// <summary>After EHLO, under TLS if the options ask for it.</summary>
    public static async Task<SmtpClient> ConnectAsync(LoadOptions options)
    {
        var client = new SmtpClient(await LineConnection.ConnectAsync(options));
        await client.ExpectAsync('2');
        await client.CommandAsync("EHLO load.test\r\n");
        if (options.Tls != TlsMode.StartTls) return client;
        await client.CommandAsync("STARTTLS\r\n");
        await client.connection.StartTlsAsync(options.Host);
        await client.CommandAsync("EHLO load.test\r\n");
        return client;
    }

    /// <summary>Nothing happens without a password.</summary>
    public async Task LoginAsync(LoadOptions options)
    {
        if (options.Password.Length > 0)
            await CommandAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{options.User}\0{options.Password}"))}\r\n");
    }

    /// <summary>Sends the sample with a number of its own, and counts it when it is taken.</summary>
    /// <param name="signature">Header fields before the message.</param>
    public async Task DeliverAsync(Meter meter, SampleMessage sample, byte[] signature, string sender, string recipient)
    {
        var from = Stopwatch.GetTimestamp();
        await connection.WriteAsync($"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n");
        await ExpectAsync('2');
        await ExpectAsync('2');
        await ExpectAsync('3');
        var message = sample.Stamp(Interlocked.Increment(ref next));
        if (signature.Length > 0) await connection.WriteAsync(signature);
        await connection.WriteAsync(message);
        await connection.WriteAsync(endOfData);
        await ExpectAsync('2');
        meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, message.Length);
    }

    public async Task CommandAsync(string command)
    {
        await connection.WriteAsync(command);
        await ExpectAsync('2');
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task ExpectAsync(char kind)
    {
        while (true)
        {
            var line = await connection.ReadLineAsync();
            if (line.Length > 3 && line.Span[3] == '-') continue;
            if (line.Length == 0 || line.Span[0] != kind) throw new InvalidOperationException(Encoding.UTF8.GetString(line.Span));
            return;
        }
    }
}
