using System.Buffers;
using Facteur.Mail;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Messages;

/// <summary>Contents of parts as text: encodings undone, charsets read. All that a run reads together is bounded; what is past it is not seen.</summary>
internal sealed class PartTexts
{
    private readonly Dictionary<(long Offset, long Length, Form), string> known = [];
    private readonly IMessageSource source;
    private readonly SieveLimits limits;
    private readonly WorkMeter work;
    private int left;

    public PartTexts(IMessageSource source, SieveLimits limits, WorkMeter work) : this(source, limits, work, limits.MaxBodyOctets) { }

    private PartTexts(IMessageSource source, SieveLimits limits, WorkMeter work, int left)
    {
        this.source = source;
        this.limits = limits;
        this.work = work;
        this.left = left;
    }

    private enum Form : byte { Raw, Decoded, Plain }

    /// <summary>For the message after a change; what was read counts on.</summary>
    public PartTexts For(IMessageSource changed) => new(changed, limits, work, left);

    /// <summary>Octets as they stand.</summary>
    public ValueTask<string> RawAsync(long offset, long length, CancellationToken cancel) =>
        KnownAsync((offset, length, Form.Raw), async () => OctetText.FromOctets(await TakeAsync(offset, length, cancel)));

    /// <summary>A part decoded: text in its charset, anything else as octets.</summary>
    public ValueTask<string> DecodedAsync(MessagePart part, CancellationToken cancel) =>
        KnownAsync((part.BodyOffset, part.BodyLength, Form.Decoded), async () =>
        {
            var octets = await DecodeAsync(part, cancel);
            return part.Type == "text" ? Charsets.Get(part.Charset).GetString(octets.Span) : OctetText.FromOctets(octets.Span);
        });

    /// <summary>A text part without its mark-up.</summary>
    public ValueTask<string> PlainAsync(MessagePart part, CancellationToken cancel) =>
        KnownAsync((part.BodyOffset, part.BodyLength, Form.Plain), async () =>
        {
            var text = await DecodedAsync(part, cancel);
            if (part.Subtype != "html") return text;
            var plain = new ArrayBufferWriter<char>(text.Length / 2 + 1);
            var html = new HtmlText();
            html.Write(text, plain);
            html.Complete(plain);
            return plain.WrittenSpan.ToString();
        });

    /// <summary>Octets of a source; fewer when it ends before.</summary>
    public static async ValueTask<byte[]> ReadAsync(IMessageSource source, long offset, int length, CancellationToken cancel)
    {
        var octets = new byte[length];
        var read = 0;
        while (read < length)
        {
            var count = await source.ReadAsync(offset + read, octets.AsMemory(read), cancel);
            if (count == 0) return octets[..read];
            read += count;
        }
        return octets;
    }

    private async ValueTask<string> KnownAsync((long, long, Form) key, Func<ValueTask<string>> read)
    {
        if (known.TryGetValue(key, out var text)) return text;
        text = await read();
        work.Spend(text.Length / 16);
        known[key] = text;
        return text;
    }

    private async ValueTask<ReadOnlyMemory<byte>> DecodeAsync(MessagePart part, CancellationToken cancel)
    {
        var octets = await TakeAsync(part.BodyOffset, part.BodyLength, cancel);
        var decoded = new ArrayBufferWriter<byte>(octets.Length + 1);
        var decoder = ContentDecoder.Create(part.Encoding);
        decoder.Decode(octets, decoded);
        decoder.Complete(decoded);
        return decoded.WrittenMemory;
    }

    private async ValueTask<byte[]> TakeAsync(long offset, long length, CancellationToken cancel)
    {
        var taken = (int)Math.Min(length, left);
        left -= taken;
        work.Spend(taken / 16);
        return await ReadAsync(source, offset, taken, cancel);
    }
}
