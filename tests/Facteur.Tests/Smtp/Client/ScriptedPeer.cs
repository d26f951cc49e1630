using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp.Client;

/// <summary>
/// A mail host played by a script, for our client. Lines as in <see cref="Transcript"/> with the sides changed: "S:" the host says,
/// "C:" the client is to say (* for any run of characters), "S\:" and "C\:" exact octets, "S: &lt;starttls&gt;" the host's handshake,
/// "S: &lt;close&gt;", "S: &lt;reset&gt;", "C: &lt;closed&gt;", "T: 4m" when the client waits.
/// </summary>
internal sealed class ScriptedPeer
{
    private readonly MemoryWire clientEnd;
    private readonly MemoryWire peerEnd;
    private readonly List<byte> unread = [];
    private readonly StringBuilder said = new();
    private Stream stream;

    public ScriptedPeer()
    {
        (clientEnd, peerEnd) = MemoryWire.CreatePair();
        stream = peerEnd;
    }

    /// <summary>What the client gets.</summary>
    public Stream Client => clientEnd;

    public X509Certificate2 Certificate { get; init; } = TestCertificate.Localhost;
    public FakeTime Time { get; } = new();

    /// <summary>Each octet is sent when the client has looked at the one before.</summary>
    public bool OctetByOctet { get; init; }

    public async Task PlayAsync(string script, Task client, CancellationToken cancel)
    {
        foreach (var line in TranscriptScript.Parse(script))
        {
            said.Append(line.Verb).Append(": ").AppendLine(line.Text);
            switch (line.Verb)
            {
                case TranscriptVerb.Time:
                    await QuietAsync(client, cancel);
                    Time.Advance(line.Span);
                    break;
                case TranscriptVerb.Server or TranscriptVerb.ServerRaw:
                    await SayAsync(line, client, cancel);
                    break;
                default:
                    await HearAsync(line, cancel);
                    break;
            }
        }
    }

    /// <summary>All that the client says until it closes.</summary>
    public async Task<byte[]> ReadToEndAsync(CancellationToken cancel)
    {
        while (await ReadMoreAsync(cancel))
        {
        }
        var all = unread.ToArray();
        unread.Clear();
        return all;
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        await stream.WriteAsync(octets, cancel);
        await stream.FlushAsync(cancel);
    }

    public async Task<string?> ReadLineAsync(CancellationToken cancel)
    {
        var looked = 0;
        while (true)
        {
            for (; looked + 1 < unread.Count; looked++)
                if (unread[looked] == '\r' && unread[looked + 1] == '\n')
                    return Encoding.UTF8.GetString(Take(looked + 2).AsSpan(0, looked));
            if (!await ReadMoreAsync(cancel)) return unread.Count == 0 ? null : Encoding.UTF8.GetString(Take(unread.Count));
        }
    }

    public async Task<byte[]> ReadOctetsAsync(int count, CancellationToken cancel)
    {
        while (unread.Count < count && await ReadMoreAsync(cancel))
        {
        }
        return Take(Math.Min(count, unread.Count));
    }

    public Task CloseAsync() => peerEnd.CloseAsync();

    private async Task SayAsync(TranscriptLine line, Task client, CancellationToken cancel)
    {
        switch (line.Verb == TranscriptVerb.Server ? line.Text : "")
        {
            case "<starttls>":
                var tls = new SslStream(stream, leaveInnerStreamOpen: true);
                try
                {
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, cancel);
                    stream = tls;
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client does not like the certificate; what it does then is the script's business.
                }
                return;
            case "<close>":
                await peerEnd.CloseAsync();
                return;
            case "<reset>":
                await QuietAsync(client, cancel); // what was said before has arrived
                await peerEnd.CloseAsync(new IOException("reset"));
                return;
        }
        if (!OctetByOctet)
        {
            await WriteAsync(line.Octets, cancel);
            return;
        }
        foreach (var octet in line.Octets)
        {
            await QuietAsync(client, cancel);
            await WriteAsync(new[] { octet }, cancel);
        }
    }

    private async Task HearAsync(TranscriptLine line, CancellationToken cancel)
    {
        if (line.Verb == TranscriptVerb.ClientRaw)
        {
            var octets = await ReadOctetsAsync(line.Octets.Length, cancel);
            if (!octets.AsSpan().SequenceEqual(line.Octets)) Fail("the client said: " + Encoding.Latin1.GetString(octets).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
            return;
        }
        var heard = await ReadLineAsync(cancel);
        if (line.Text == "<closed>" && heard is null) return;
        if (heard is null) Fail("the client has closed");
        else if (line.Text == "<closed>" || !line.Matches(heard)) Fail("the client said: " + heard);
    }

    /// <summary>Waits until the client has read all there is and waits for more with a clock running, or has ended.</summary>
    private async Task QuietAsync(Task client, CancellationToken cancel)
    {
        while (!client.IsCompleted && !(clientEnd.IsReading && clientEnd.Received == peerEnd.Written && Time.ArmedTimers > 0))
        {
            cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<bool> ReadMoreAsync(CancellationToken cancel)
    {
        var chunk = new byte[8192];
        try
        {
            var count = await stream.ReadAsync(chunk, cancel);
            unread.AddRange(chunk.AsSpan(0, count));
            return count > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private byte[] Take(int count)
    {
        var octets = unread.GetRange(0, count).ToArray();
        unread.RemoveRange(0, count);
        return octets;
    }

    private void Fail(string why) => Assert.Fail($"{why}{Environment.NewLine}after{Environment.NewLine}{said}");
}
