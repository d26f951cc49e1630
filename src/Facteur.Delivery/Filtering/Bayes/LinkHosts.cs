using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>The hosts that a message links to, which its visible text does not show.</summary>
internal static class LinkHosts
{
    private const int ReadOctets = 8 * 1024;
    private const int MaxHost = 100;
    private const int MaxHosts = 50;

    private static readonly SearchValues<byte> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    public static async ValueTask ReadAsync(IMessageSource message, MessagePart root, TokenSet tokens, int maxOctets, CancellationToken cancel)
    {
        var hosts = new HashSet<string>();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadOctets);
        var open = new Stack<MessagePart>();
        open.Push(root);
        try
        {
            while (maxOctets > 0 && hosts.Count < MaxHosts && open.TryPop(out var part))
            {
                for (var i = part.Children.Count - 1; i >= 0; i--) open.Push(part.Children[i]);
                if (part.Type == "text" && part.Children.Count == 0) maxOctets -= await ReadPartAsync(message, part, hosts, buffer, maxOctets, cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        foreach (var host in hosts) AddHost(host, tokens);
    }

    private static async ValueTask<int> ReadPartAsync(IMessageSource message, MessagePart part, HashSet<string> hosts, byte[] buffer, int maxOctets, CancellationToken cancel)
    {
        var decoder = ContentDecoder.Create(part.Encoding);
        var decoded = new ArrayBufferWriter<byte>(ReadOctets);
        var end = part.BodyOffset + Math.Min(part.BodyLength, maxOctets);
        var at = part.BodyOffset;
        while (at < end && hosts.Count < MaxHosts)
        {
            var count = await message.ReadAsync(at, buffer.AsMemory(0, (int)Math.Min(ReadOctets, end - at)), cancel);
            if (count == 0) break;
            at += count;
            decoder.Decode(buffer.AsSpan(0, count), decoded);
            // A link cut by the end of this piece is looked at again with the next.
            var kept = Find(decoded.WrittenSpan, hosts, isLast: false);
            var rest = decoded.WrittenSpan[^kept..].ToArray();
            decoded.ResetWrittenCount();
            decoded.Write(rest);
        }
        decoder.Complete(decoded);
        Find(decoded.WrittenSpan, hosts, isLast: true);
        return (int)(at - part.BodyOffset);
    }

    private static int Find(ReadOnlySpan<byte> text, HashSet<string> hosts, bool isLast)
    {
        while (hosts.Count < MaxHosts)
        {
            var at = text.IndexOf("://"u8);
            if (at < 0) return Math.Min(text.Length, 2);
            var rest = text[(at + 3)..];
            var length = rest.IndexOfAnyExcept(HostCharacters);
            if (length < 0)
            {
                if (!isLast && rest.Length <= MaxHost) return text.Length - at;
                length = rest.Length;
            }
            if (length is > 3 and <= MaxHost) hosts.Add(Encoding.ASCII.GetString(rest[..length]).TrimEnd('.').ToLowerInvariant());
            text = rest[length..];
        }
        return 0;
    }

    // "a.b.example.org" counts as itself, "b.example.org" and "example.org": spam changes the first label.
    private static void AddHost(string host, TokenSet tokens)
    {
        for (var levels = 0; levels < 4; levels++)
        {
            tokens.Add("link:" + host);
            var dot = host.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || !host.AsSpan(dot + 1).Contains('.')) return;
            host = host[(dot + 1)..];
        }
    }
}
