using System.Buffers.Text;

namespace Facteur.Load;

/// <summary>A POP3 session as the modes use it.</summary>
internal sealed class Pop3Client(LineConnection connection) : IAsyncDisposable
{
    public LineConnection Connection => connection;

    public static async Task<Pop3Client> LoginAsync(LoadOptions options)
    {
        var client = new Pop3Client(await LineConnection.ConnectAsync(options));
        try
        {
            await client.ExpectAsync();
            if (options.Tls == TlsMode.StartTls)
            {
                await client.CommandAsync("STLS\r\n");
                await client.Connection.StartTlsAsync(options.Host);
            }
            await client.CommandAsync($"USER {options.User}\r\n");
            await client.CommandAsync($"PASS {options.Password}\r\n");
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Messages of the maildrop.</summary>
    public async Task<int> CountAsync()
    {
        var stat = await CommandAsync("STAT\r\n");
        return Utf8Parser.TryParse(System.Text.Encoding.ASCII.GetBytes(stat[4..]), out int count, out _) ? count : throw new InvalidOperationException(stat);
    }

    public async Task<string> CommandAsync(string command)
    {
        await connection.WriteAsync(command);
        return await ExpectAsync();
    }

    public async Task<string> ExpectAsync()
    {
        var line = await connection.ReadTextLineAsync();
        return line.StartsWith("+OK", StringComparison.Ordinal) ? line : throw new InvalidOperationException(line);
    }

    /// <summary>Reads an answer of several lines to its end; answers how many.</summary>
    public async Task<int> SkipLinesAsync()
    {
        if (!(await connection.ReadLineAsync()).Span.StartsWith("+OK"u8)) throw new InvalidOperationException("an answer is not +OK");
        return await connection.SkipToDotAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
