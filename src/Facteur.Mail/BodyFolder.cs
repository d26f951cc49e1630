using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Facteur.Mail;

/// <summary>Folds the text of a message as it is read by range: a few buffers of fixed size, whatever the size of the parts.</summary>
internal sealed class BodyFolder
{
    private const int ReadOctets = 16 * 1024;
    private const int MaxNestedHeader = 64 * 1024;
    private const int MaxIdle = 16;

    // Buffers outlive a message: a search folds thousands in a row.
    private static readonly ConcurrentQueue<BodyFolder> Idle = new();

    private readonly byte[] read = new byte[ReadOctets];
    private readonly char[] characters = new char[4096];
    private readonly ArrayBufferWriter<byte> decoded = new(ReadOctets);
    private readonly ArrayBufferWriter<char> plain = new(4096);
    private readonly ArrayBufferWriter<char> folded = new(8192);
    private readonly Stack<MessagePart> pending = new();
    private IBufferWriter<byte> output = null!;
    private int left;

    /// <summary>See <see cref="FoldedText.WriteBodyAsync"/>.</summary>
    public static async ValueTask RunAsync(IMessageSource message, MessagePart root, IBufferWriter<byte> output, int maxOctets, CancellationToken cancel)
    {
        if (!Idle.TryDequeue(out var folder))
            folder = new BodyFolder();
        folder.output = output;
        folder.left = maxOctets;
        folder.pending.Clear();
        await folder.RunAsync(message, root, cancel);
        folder.output = null!;
        if (Idle.Count < MaxIdle)
            Idle.Enqueue(folder);
    }

    private async ValueTask RunAsync(IMessageSource message, MessagePart root, CancellationToken cancel)
    {
        pending.Push(root);
        while (left > 0 && pending.TryPop(out var part))
        {
            for (var i = part.Children.Count - 1; i >= 0; i--)
                pending.Push(part.Children[i]);
            if (part.IsMessage)
                await FoldHeaderAsync(message, part.Children[0], cancel);
            else if (IsText(part))
                await FoldPartAsync(message, part, cancel);
        }
    }

    // Reports (message/delivery-status and the like) are text of their own kind.
    private static bool IsText(MessagePart part) => part.Children.Count == 0 && part.Type is "text" or "message" && part.BodyLength > 0;

    private async ValueTask FoldPartAsync(IMessageSource message, MessagePart part, CancellationToken cancel)
    {
        var text = new PartText(part);
        var end = part.BodyOffset + part.BodyLength;
        for (var at = part.BodyOffset; at < end && left > 0;)
        {
            var count = await message.ReadAsync(at, read.AsMemory(0, (int)Math.Min(read.Length, end - at)), cancel);
            if (count == 0)
                break;
            at += count;
            text.Transfer.Decode(read.AsSpan(0, count), decoded);
            Take(text, flush: false);
        }
        text.Transfer.Complete(decoded);
        Take(text, flush: true);
        EndText();
    }

    private void Take(PartText text, bool flush)
    {
        var octets = decoded.WrittenSpan;
        if (text.TakesAscii && Ascii.IsValid(octets))
            text.Folder.FoldAscii(octets, this);
        else
            Convert(text, octets, flush);
        if (flush)
            FinishHtml(text);
        text.InsideCharacter = octets.Length > 0 && octets[^1] >= 0x80;
        decoded.ResetWrittenCount();
    }

    private void Convert(PartText text, ReadOnlySpan<byte> octets, bool flush)
    {
        bool completed;
        do
        {
            text.Decoder.Convert(octets, characters, flush, out var used, out var count, out completed);
            octets = octets[used..];
            var piece = characters.AsSpan(0, count);
            if (text.Html is { } html)
            {
                html.Write(piece, plain);
                text.Folder.Fold(plain.WrittenSpan, folded);
                plain.ResetWrittenCount();
            }
            else
                text.Folder.Fold(piece, folded);
            WriteFolded();
            if (used == 0 && count == 0)
                return;
        }
        while (left > 0 && (!completed || !octets.IsEmpty));
    }

    private void FinishHtml(PartText text)
    {
        if (text.Html is null)
            return;
        text.Html.Complete(plain);
        text.Folder.Fold(plain.WrittenSpan, folded);
        plain.ResetWrittenCount();
        WriteFolded();
    }

    // Who wrote an attached message, to whom and on what is part of the text of the message that carries it.
    private async ValueTask FoldHeaderAsync(IMessageSource message, MessagePart inner, CancellationToken cancel)
    {
        var header = ArrayPool<byte>.Shared.Rent((int)Math.Min(inner.HeaderLength, MaxNestedHeader));
        try
        {
            var length = 0;
            var wanted = (int)Math.Min(inner.HeaderLength, MaxNestedHeader);
            while (length < wanted && await message.ReadAsync(inner.HeaderOffset + length, header.AsMemory(length, wanted - length), cancel) is var count and > 0)
                length += count;
            FoldHeader(header.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    private void FoldHeader(ReadOnlySpan<byte> header)
    {
        foreach (var field in new HeaderFields(header))
        {
            if (!field.Is("Subject"u8) && !field.Is("From"u8) && !field.Is("To"u8) && !field.Is("Cc"u8))
                continue;
            var folder = new TextFolder();
            folder.Fold(EncodedWords.Decode(field.Value), folded);
            WriteFolded();
            EndText();
        }
    }

    private void WriteFolded()
    {
        Span<byte> utf8 = stackalloc byte[1536];
        for (var text = folded.WrittenSpan; !text.IsEmpty && left > 0;)
        {
            var take = Math.Min(text.Length, utf8.Length / 3);
            if (take < text.Length && char.IsHighSurrogate(text[take - 1]))
                take--;
            Write(utf8[..Encoding.UTF8.GetBytes(text[..take], utf8)]);
            text = text[take..];
        }
        folded.ResetWrittenCount();
    }

    /// <summary>Writes folded UTF-8, cut between characters at the limit.</summary>
    internal void Write(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > left)
        {
            var cut = left;
            while (cut > 0 && (utf8[cut] & 0xC0) == 0x80)
                cut--;
            utf8 = utf8[..cut];
            left = 0;
        }
        else
            left -= utf8.Length;
        output.Write(utf8);
    }

    // A line break, which folded text never holds: no phrase is found across two parts.
    private void EndText() => Write("\n"u8);

    /// <summary>What is known of the part being read.</summary>
    private sealed class PartText
    {
        private readonly bool asciiStaysAscii;

        public PartText(MessagePart part)
        {
            Transfer = ContentDecoder.Create(part.Encoding);
            var charset = Charsets.Get(part.Charset);
            Decoder = charset.GetDecoder();
            Html = part is { Type: "text", Subtype: "html" } ? new HtmlText() : null;
            asciiStaysAscii = Html is null
                && (ReferenceEquals(charset, Charsets.Utf8) || ReferenceEquals(charset, Charsets.Unlabelled) || ReferenceEquals(charset, Charsets.Windows1252));
        }

        public ContentDecoder Transfer { get; }
        public Decoder Decoder { get; }
        public HtmlText? Html { get; }
        public bool InsideCharacter { get; set; }
        public bool TakesAscii => asciiStaysAscii && !InsideCharacter;
        public TextFolder Folder;
    }
}
