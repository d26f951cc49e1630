using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Net.Dialing;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>Asks clamd: "zINSTREAM", the message in chunks that each say their length, an empty chunk; the answer is one string.</summary>
internal sealed class Clamd(GuardedDialer dialer, ServiceAddress address, ClamdSettings settings) : IMessageChecker
{
    private const int ChunkOctets = 64 * 1024;
    private const int LengthOctets = 4;
    private const int MaxAnswer = 4096;

    public string Name => "clamd";
    public CheckerSettings Settings => settings;

    public async ValueTask CheckAsync(FilterInput input, HostFindings host, FilterScore score, CancellationToken cancel)
    {
        var dialed = await dialer.ConnectAsync(address, cancel);
        if (!dialed.IsConnected) throw new CheckerException(dialed.Sentence);
        await using var connection = dialed.Connection;
        try
        {
            await SendAsync(input, connection.Stream, cancel);
        }
        catch (IOException)
        {
            // A message over its limit is answered before its end, and the connection closed: the answer says so.
        }
        Judge(await ReadAsync(connection.Stream, cancel), score);
    }

    private static async ValueTask SendAsync(FilterInput input, Stream stream, CancellationToken cancel)
    {
        await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(LengthOctets + ChunkOctets);
        try
        {
            for (var at = input.Start; ;)
            {
                var count = await input.Source.ReadAsync(at, buffer.AsMemory(LengthOctets, ChunkOctets), cancel);
                BinaryPrimitives.WriteInt32BigEndian(buffer, count);
                await stream.WriteAsync(buffer.AsMemory(0, LengthOctets + count), cancel);
                if (count == 0) return;
                at += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<string> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var answer = new byte[MaxAnswer];
        var length = 0;
        while (length < answer.Length && !answer.AsSpan(0, length).Contains((byte)0))
        {
            var count = await stream.ReadAsync(answer.AsMemory(length), cancel);
            if (count == 0) break;
            length += count;
        }
        var text = answer.AsSpan(0, length);
        var end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]).Trim();
    }

    private void Judge(string answer, FilterScore score)
    {
        const string prefix = "stream: ";
        const string found = " FOUND";
        if (answer == "stream: OK") return;
        if (answer.StartsWith(prefix, StringComparison.Ordinal) && answer.EndsWith(found, StringComparison.Ordinal))
        {
            var virus = ReplyText.Clean(answer[prefix.Length..^found.Length]) ?? "virus";
            score.Add("virus", 10, $"it carries {virus} (ClamAV)", $"il contient {virus} (ClamAV)");
            if (settings.Reject) score.Reject(new SmtpRefusal(550, "5.7.1", $"the message carries {virus}"));
            else score.ForceJunk();
            return;
        }
        // "INSTREAM size limit exceeded. ERROR": its limit is below ours, which is no outage.
        if (answer.Contains("size limit exceeded", StringComparison.OrdinalIgnoreCase))
        {
            score.Add("clamd.size", 0, "too long for clamd, which did not look at it", "trop long pour clamd, qui ne l'a pas examiné");
            return;
        }
        throw new CheckerException(answer.Length == 0 ? "clamd closed the connection without an answer" : $"clamd answered: {answer}");
    }
}
