using System.Globalization;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// Finds a part by its section ("2.1", RFC 9051 §6.4.5.1) and opens its decoded content. A section also leads into messages that are parts of no
/// tree, because they came encoded or under another type: what Email/parse was told of (RFC 8621 §4.9) can be fetched by the blob ids it gave.
/// </summary>
internal static class PartBlob
{
    /// <summary>Messages encoded within messages: each costs a reading of the one around it.</summary>
    private const int MaxEncodedMessages = 5;


    /// <param name="message">The octets of the message.</param>
    /// <param name="root">Its part tree.</param>
    /// <param name="held">What the content holds until it is disposed.</param>
    /// <returns>Null when there is no such part, or it is a multipart.</returns>
    public static async ValueTask<JmapBlobContent?> OpenAsync(IMessageSource message, MessagePart root, string section, IAsyncDisposable held, CancellationToken cancel)
    {
        if (!TryReadNumbers(section, out var numbers)) return null;
        for (var depth = 0; depth <= MaxEncodedMessages; depth++)
        {
            var (part, used) = FindLongest(root, numbers);
            if (part is null || part.IsMultipart) return null;
            var content = await DecodedSource.OpenAsync(message, part, cancel);
            if (used == numbers.Length) return new JmapBlobContent(content, $"{part.Type}/{part.Subtype}", part.FileName, held);
            if (!await MessageCheck.IsMessageAsync(content, cancel)) return null;
            (message, root, numbers) = (content, PartTable.Parse((await ParseAsync(content, cancel)).Parts.Span), numbers[used..]);
        }
        return null;
    }

    /// <summary>Parses a message as it streams by.</summary>
    public static async ValueTask<MessageFacts> ParseAsync(IMessageSource message, CancellationToken cancel)
    {
        var parser = new MimeParser(MimeLimits.Default);
        await foreach (var piece in message.PiecesAsync(0, cancel)) parser.Write(piece.Span);
        return parser.Complete();
    }

    /// <summary>The part that as many of the numbers as possible lead to, and how many those are.</summary>
    private static (MessagePart? Part, int Used) FindLongest(MessagePart root, int[] numbers)
    {
        for (var used = numbers.Length; used > 0; used--)
            if (PartTable.Find(root, numbers.AsSpan(0, used)) is { } part)
                return (part, used);
        return (null, 0);
    }

    private static bool TryReadNumbers(string section, out int[] numbers)
    {
        var pieces = section.Split('.');
        numbers = new int[pieces.Length];
        for (var i = 0; i < pieces.Length; i++)
            // No leading zeros: a blob has one id.
            if (pieces[i].StartsWith('0') || !int.TryParse(pieces[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        return true;
    }
}
