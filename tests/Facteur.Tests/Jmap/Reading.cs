using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Jmap;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>A message as Email/get and Email/parse show it, without a store.</summary>
internal static class Reading
{
    /// <summary>The Email object, its text without blanks between its tokens.</summary>
    /// <param name="message">Line ends become CRLF; U+0080 to U+00FF are octets.</param>
    /// <param name="arguments">Those of Email/parse, but blobIds.</param>
    public static async Task<string> TextOfAsync(string message, string arguments) => (await OfAsync(Octets(message), arguments)).GetRawText();

    public static Task<JsonElement> OfAsync(string message, string arguments) => OfAsync(Octets(message), arguments);

    /// <param name="step">Octets that a read of the message answers at most.</param>
    public static async Task<JsonElement> OfAsync(byte[] message, string arguments, int step = int.MaxValue)
    {
        using var document = JsonDocument.Parse(arguments);
        var plan = EmailPlan.Read(document.RootElement, EmailProperties.OfParse, alwaysId: false);
        var output = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(output, JmapJson.Writing))
        {
            var source = new StepSource(message, step);
            await using var open = new OpenEmail(_ => new(source), () => ValueTask.CompletedTask);
            await new EmailWriter(json, plan).WriteParsedAsync(JmapBlobId.Of(new EmailId(7)), await PartBlob.ParseAsync(source, default), open, default);
        }
        return JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement.Clone();
    }

    /// <summary>One property of a message with one more header field, or several.</summary>
    public static async Task<string> PropertyAsync(string header, string property) =>
        (await OfAsync(header + "\r\n\r\nbody", JsonSerializer.Serialize(new { properties = new[] { property } }))).GetProperty(property).GetRawText();

    public static byte[] Octets(string message) => Encoding.Latin1.GetBytes(message.ReplaceLineEndings("\r\n"));
}

/// <summary>Octets that are read a few at a time; knows how far it was read.</summary>
internal sealed class StepSource(byte[] octets, int step) : IMessageSource
{
    public long Length => octets.Length;

    /// <summary>Octets handed out.</summary>
    public long Read { get; private set; }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        var count = (int)Math.Max(0, Math.Min(Math.Min(buffer.Length, step), octets.Length - offset));
        octets.AsMemory((int)Math.Min(offset, octets.Length), count).CopyTo(buffer);
        Read += count;
        return new(count);
    }
}
