using Facteur.Net;
using Facteur.Pop3;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>A program of POP3 on the real session, over pipes in memory: logs in, asks, goes.</summary>
internal sealed class PopProgram(JmapHarness jmap)
{
    private readonly Pop3ConnectionHandler handler = new(
        jmap.Store, jmap.Logins, new Pop3Options { PlaintextOnLoopback = true, MaildropWait = TimeSpan.Zero }, jmap.Time, NullLogger<Pop3ConnectionHandler>.Instance);

    /// <summary>Sizes of the maildrop, in order; then removes the message of a number, if there is one.</summary>
    public async Task<List<long>> ListAsync(int? remove = null)
    {
        var connection = MemoryConnection.Create(new MailConnectionOptions { Time = jmap.Time });
        var session = ServeAsync(connection.Server);
        var client = connection.Client;
        await OkAsync(client, null);
        await OkAsync(client, "USER ada@example.com");
        await OkAsync(client, "PASS correct horse battery");
        await OkAsync(client, "UIDL");
        var uidls = await LinesAsync(client);
        Assert.Equal(uidls.Count, uidls.Select(line => line.Split(' ')[1]).Distinct().Count());
        await OkAsync(client, "LIST");
        var sizes = (await LinesAsync(client)).ConvertAll(line => long.Parse(line.Split(' ')[1]));
        Assert.Equal(uidls.Count, sizes.Count);
        if (remove is { } number && number <= sizes.Count) await OkAsync(client, $"DELE {number}");
        await OkAsync(client, "QUIT");
        await session;
        return sizes;
    }

    private async Task ServeAsync(MailConnection connection)
    {
        await using (connection) await handler.RunAsync(connection, connection.Aborted);
    }

    private static async Task OkAsync(MemoryClient client, string? command)
    {
        if (command is not null) await client.WriteAsync(command + "\r\n", default);
        var line = await client.ReadLineAsync(default);
        Assert.True(line?.StartsWith("+OK", StringComparison.Ordinal), $"{command}: {line}");
    }

    private static async Task<List<string>> LinesAsync(MemoryClient client)
    {
        var lines = new List<string>();
        while (await client.ReadLineAsync(default) is { } line && line != ".") lines.Add(line);
        return lines;
    }
}
