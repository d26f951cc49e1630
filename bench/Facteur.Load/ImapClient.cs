using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Facteur.Load;

/// <summary>As much of an IMAP client as a load needs.</summary>
internal sealed class ImapClient : IAsyncDisposable
{
    private readonly LineConnection connection;
    private int tag;

    private ImapClient(LineConnection connection) => this.connection = connection;

    public long BytesRead => connection.BytesRead;

    /// <summary>Messages of the selected mailbox, as last told.</summary>
    public long Exists { get; private set; }

    public static async Task<ImapClient> LoginAsync(LoadOptions options, int? port = null)
    {
        var client = new ImapClient(await LineConnection.ConnectAsync(options, port));
        await client.connection.ReadLineAsync();
        if (options.Tls == TlsMode.StartTls)
        {
            await client.RunAsync("STARTTLS");
            await client.connection.StartTlsAsync(options.Host);
        }
        await client.RunAsync($"LOGIN \"{options.User}\" \"{options.Password}\"");
        return client;
    }

    /// <summary>Runs a command to its tagged OK; answers how many untagged lines came.</summary>
    public async Task<int> RunAsync(string command, Func<ReadOnlyMemory<byte>, bool>? until = null)
    {
        var mark = Encoding.ASCII.GetBytes($"{++tag} ");
        await connection.WriteAsync($"{tag} {command}\r\n");
        return await ReadToTagAsync(mark, command, until);
    }

    /// <summary>APPEND of one message as a synchronising literal, as most clients do.</summary>
    public async Task AppendAsync(string mailbox, ReadOnlyMemory<byte> message)
    {
        var mark = Encoding.ASCII.GetBytes($"{++tag} ");
        await connection.WriteAsync($"{tag} APPEND \"{mailbox}\" {{{message.Length}}}\r\n");
        var answer = await connection.ReadLineAsync();
        if (answer.Span[0] != '+') throw new InvalidOperationException($"APPEND: {Encoding.UTF8.GetString(answer.Span)}");
        await connection.WriteAsync(message);
        await connection.WriteAsync("\r\n");
        await ReadToTagAsync(mark, "APPEND", null);
    }

    /// <summary>APPEND of several messages as one command (MULTIAPPEND, RFC 3502) with literals that wait for nothing (LITERAL+).</summary>
    public Task AppendAsync(string mailbox, IEnumerable<ReadOnlyMemory<byte>> messages) => AppendAllAsync(mailbox, messages.Select(message => ("", message)));

    /// <summary>The same with flags and the time of arrival of each.</summary>
    public Task AppendAsync(string mailbox, IEnumerable<MailboxMessage> messages) =>
        AppendAllAsync(mailbox, messages.Select(message => (string.Create(CultureInfo.InvariantCulture, $" ({message.Flags}) \"{message.ReceivedAt:dd-MMM-yyyy HH:mm:ss} +0000\""), message.Octets)));

    private async Task AppendAllAsync(string mailbox, IEnumerable<(string Before, ReadOnlyMemory<byte> Octets)> messages)
    {
        var mark = Encoding.ASCII.GetBytes($"{++tag} ");
        using var all = new MemoryStream();
        all.Write(Encoding.ASCII.GetBytes($"{tag} APPEND \"{mailbox}\""));
        foreach (var (before, octets) in messages)
        {
            all.Write(Encoding.ASCII.GetBytes($"{before} {{{octets.Length}+}}\r\n"));
            all.Write(octets.Span);
        }
        all.Write("\r\n"u8);
        await connection.WriteAsync(all.GetBuffer().AsMemory(0, (int)all.Length));
        await ReadToTagAsync(mark, "APPEND", null);
    }

    public async Task IdleAsync()
    {
        await connection.WriteAsync($"{++tag} IDLE\r\n");
        while ((await connection.ReadLineAsync()).Span[0] != '+') { }
    }

    /// <summary>MESSAGES of STATUS.</summary>
    public async Task<long> CountAsync(string mailbox)
    {
        long count = -1;
        await RunAsync($"STATUS \"{mailbox}\" (MESSAGES)", line =>
        {
            var at = line.Span.LastIndexOf("MESSAGES "u8);
            if (at >= 0 && Utf8Parser.TryParse(line.Span[(at + 9)..], out long value, out _)) count = value;
            return false;
        });
        return count;
    }

    private async Task<int> ReadToTagAsync(byte[] mark, string command, Func<ReadOnlyMemory<byte>, bool>? see)
    {
        var untagged = 0;
        while (true)
        {
            var line = await connection.ReadLineAsync();
            if (line.Span.StartsWith(mark))
            {
                if (!line.Span[mark.Length..].StartsWith("OK"u8))
                    throw new InvalidOperationException($"{command[..Math.Min(40, command.Length)]}: {Encoding.UTF8.GetString(line.Span)}");
                return untagged;
            }
            if (line.Span.StartsWith("* BYE"u8) && !command.StartsWith("LOGOUT", StringComparison.Ordinal))
                throw new InvalidOperationException(Encoding.UTF8.GetString(line.Span));
            untagged++;
            NoteExists(line.Span);
            see?.Invoke(line);
            long literal;
            while ((literal = LineConnection.LiteralLength(line.Span)) >= 0)
            {
                await connection.SkipAsync(literal);
                line = await connection.ReadLineAsync();
            }
        }
    }

    private void NoteExists(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith(" EXISTS"u8) && Utf8Parser.TryParse(line[2..], out long count, out _)) Exists = count;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
