using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Writes a Response object answer by answer (RFC 8620 §3.4), to a pipe without filling it past what is under way.</summary>
internal sealed class ResponseWriter(IBufferWriter<byte> output)
{
    private const int FlushEvery = 64 * 1024;

    private readonly PipeWriter? pipe = output as PipeWriter;
    private bool isFirst = true;
    private int unflushed;

    /// <summary>Octets of answers.</summary>
    public long Written { get; private set; }

    public void Begin() => Raw("{\"methodResponses\":["u8);

    public async ValueTask WriteAsync(string name, AnswerBuffer answer, string callId, CancellationToken cancel)
    {
        Raw(isFirst ? "["u8 : ",["u8);
        isFirst = false;
        String(name);
        Raw(","u8);
        foreach (var piece in answer.Pieces())
        {
            Raw(piece.Span);
            if (unflushed >= FlushEvery) await FlushAsync(cancel);
        }
        Raw(","u8);
        String(callId);
        Raw("]"u8);
        Written += answer.Length;
    }

    public async ValueTask EndAsync(IReadOnlyDictionary<string, string>? createdIds, string sessionState, CancellationToken cancel)
    {
        Raw("]"u8);
        if (createdIds is not null)
        {
            Raw(",\"createdIds\":{"u8);
            var separator = false;
            foreach (var (creation, id) in createdIds)
            {
                if (separator) Raw(","u8);
                separator = true;
                String(creation);
                Raw(":"u8);
                String(id);
            }
            Raw("}"u8);
        }
        Raw(",\"sessionState\":"u8);
        String(sessionState);
        Raw("}"u8);
        await FlushAsync(cancel);
    }

    private void Raw(ReadOnlySpan<byte> octets)
    {
        output.Write(octets);
        unflushed += octets.Length;
    }

    private void String(string text)
    {
        Raw("\""u8);
        Raw(JsonEncodedText.Encode(text, JmapJson.Writing.Encoder).EncodedUtf8Bytes);
        Raw("\""u8);
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        unflushed = 0;
        if (pipe is null) return;
        var result = await pipe.FlushAsync(cancel);
        // Nobody reads any more.
        if (result.IsCompleted) throw new OperationCanceledException(cancel);
    }
}
