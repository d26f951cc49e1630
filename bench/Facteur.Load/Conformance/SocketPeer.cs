using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Facteur.Tests.Pop3.Conformance;

namespace Facteur.Load.Conformance;

/// <summary>Any POP3 server on a port, whose maildrop is filled by IMAP on another.</summary>
internal sealed class SocketPeer(LoadOptions options) : IPop3Peer, IAsyncDisposable
{
    private readonly LoadOptions options = options;
    private readonly LoadOptions imap = options with { Port = options.VisibleImapPort ?? throw new InvalidOperationException("--visible-imap-port is needed: the maildrop is filled by IMAP"), Tls = TlsMode.None };
    private ImapClient? filler;

    public string User => options.User;
    public string Password => options.Password;

    public async Task<IPop3Line> ConnectAsync()
    {
        var line = await SocketLine.ConnectAsync(options);
        if (options.Tls == TlsMode.Implicit) await line.StartTlsAsync();
        return line;
    }

    public async Task FillAsync(IReadOnlyList<byte[]> messages)
    {
        var client = await FillerAsync();
        await client.RunAsync("SELECT INBOX");
        await client.RunAsync("UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
        await client.RunAsync("EXPUNGE");
        foreach (var message in messages) await client.AppendAsync("INBOX", message);
    }

    public async Task AppendAsync(byte[] message) => await (await FillerAsync()).AppendAsync("INBOX", message);

    public async Task ExpungeAsync(int number)
    {
        var client = await FillerAsync();
        await client.RunAsync("SELECT INBOX");
        await client.RunAsync($"STORE {number} +FLAGS.SILENT (\\Deleted)");
        await client.RunAsync("EXPUNGE");
    }

    public async ValueTask DisposeAsync()
    {
        if (filler is not null) await filler.DisposeAsync();
    }

    private async Task<ImapClient> FillerAsync() => filler ??= await ImapClient.LoginAsync(imap);

    private sealed class SocketLine(Socket socket) : IPop3Line
    {
        private Stream stream = new NetworkStream(socket, ownsSocket: true);
        private readonly List<byte> unread = [];
        private readonly byte[] chunk = new byte[16 * 1024];

        public static async Task<SocketLine> ConnectAsync(LoadOptions options)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(options.Host, options.Port);
            return new SocketLine(socket);
        }

        public Task WriteAsync(byte[] octets) => stream.WriteAsync(octets).AsTask();

        public async Task<string?> ReadLineAsync()
        {
            for (var looked = 0; ;)
            {
                for (; looked + 1 < unread.Count; looked++)
                {
                    if (unread[looked] != '\r' || unread[looked + 1] != '\n') continue;
                    var line = Encoding.UTF8.GetString([.. unread[..looked]]);
                    unread.RemoveRange(0, looked + 2);
                    return line;
                }
                var read = await stream.ReadAsync(chunk); // a missing close_notify is an IOException
                if (read == 0) return unread.Count == 0 ? null : throw new IOException("the server closed within a line");
                unread.AddRange(chunk.AsSpan(0, read));
            }
        }

        public async Task StartTlsAsync()
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true });
            stream = tls;
        }

        public async Task CloseAsync()
        {
            if (stream is SslStream tls) await tls.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }

        public Task AbortAsync()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
