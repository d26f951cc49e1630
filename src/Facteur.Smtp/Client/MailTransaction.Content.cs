using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>The content of a transaction, by DATA (RFC 5321 §4.1.1.4) or BDAT (RFC 3030 §2).</summary>
internal sealed partial class MailTransaction
{
    private const int ReadOctets = 16 * 1024;
    private const int BufferOctets = 64 * 1024;
    private const int BdatHead = 32; // "BDAT 65536 LAST" CRLF, with room

    private bool UsesChunks => Peer.Chunking && session.Options.UseChunking && !session.IsLmtp;

    /// <summary>DATA and its answer. True: 354, and there is somebody to send to.</summary>
    private async ValueTask<bool> DataAsync()
    {
        if (accepted.Count == 0 && !Peer.Pipelining) return false;
        session.Enter(SmtpStage.Data);
        if (!Peer.Pipelining)
        {
            Wire.Command(SmtpStage.Data, "DATA");
            await FlushAsync();
        }
        var reply = await Wire.ReadReplyAsync(SmtpStage.Data, session.Options.DataTimeout);
        if (accepted.Count == 0)
        {
            if (reply.Code == 354) await SendNothingAsync();
            return false;
        }
        if (reply.Code == 354) return true;
        Settle(Failed(SmtpStage.Data, reply));
        return false;
    }

    // RFC 2920 §3.1: a host that wants content for nobody gets a single dot.
    private async ValueTask SendNothingAsync()
    {
        Wire.Command(SmtpStage.Data, ".");
        await FlushAsync();
        await Wire.ReadReplyAsync(SmtpStage.Data, session.Options.ContentEndTimeout);
    }

    /// <summary>The content and its answers. False: the connection is of no more use.</summary>
    private async ValueTask<bool> ContentAsync()
    {
        session.Enter(SmtpStage.Data);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
        var piece = ArrayPool<byte>.Shared.Rent(ReadOctets);
        try
        {
            var isSent = UsesChunks ? await SendChunksAsync(buffer, piece) : await SendDataAsync(buffer, piece);
            if (!isSent) return UsesChunks && Wire.Owed == 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<byte>.Shared.Return(piece);
        }
        session.Observer?.Note(SmtpStage.Data, string.Create(CultureInfo.InvariantCulture, $"{content.Length} octets sent"));
        session.Enter(SmtpStage.ContentEnd);
        if (session.IsLmtp)
        {
            foreach (var i in accepted) await EndAsync([i]); // RFC 2033 §4.2: one answer for each
        }
        else await EndAsync(accepted);
        session.NeedsReset = !accepted.All(i => outcomes[i] is { Verdict: AttemptVerdict.Delivered });
        return true;
    }

    private async ValueTask EndAsync(IReadOnlyList<int> recipients)
    {
        var reply = await Wire.ReadReplyAsync(SmtpStage.ContentEnd, session.Options.ContentEndTimeout);
        var outcome = reply.IsPositive
            ? session.Outcome(SmtpStage.ContentEnd, AttemptVerdict.Delivered, reply.EnhancedOrDefault, reply.Text, reply.Code) with { DsnPassedOn = Peer.Dsn }
            : Failed(SmtpStage.ContentEnd, reply);
        foreach (var i in recipients) outcomes[i] = outcome;
    }

    private async ValueTask<bool> SendDataAsync(byte[] buffer, byte[] piece)
    {
        var encoder = new ContentEncoder(stuffsDots: true);
        var written = 0;
        for (long offset = 0; offset < content.Length;)
        {
            var count = await ContentException.ReadAsync(content, offset, piece.AsMemory(0, ReadOctets), cancel);
            offset += count;
            written += encoder.Encode(piece.AsSpan(0, count), buffer.AsSpan(written));
            if (!CheckEightBit(encoder)) return false;
            // What is left, with the end, goes out as one: a message that fits is one write.
            if (BufferOctets - written >= ContentEncoder.MaxLength(ReadOctets) + 8) continue;
            await Wire.SendAsync(buffer.AsMemory(0, written), session.Options.BlockTimeout);
            written = 0;
            if (!CheckUnasked()) return false;
        }
        written += encoder.End(buffer.AsSpan(written));
        Wire.Expect(session.IsLmtp ? accepted.Count : 1);
        wasEnded = true;
        await Wire.SendAsync(buffer.AsMemory(0, written), session.Options.BlockTimeout);
        return true;
    }

    /// <summary>Chunk after chunk; with PIPELINING the answer to one is read when the next has gone out (RFC 3030 §2).</summary>
    private async ValueTask<bool> SendChunksAsync(byte[] buffer, byte[] piece)
    {
        var encoder = new ContentEncoder(stuffsDots: false);
        long offset = 0;
        var unanswered = 0;
        while (true)
        {
            var written = BdatHead;
            while (offset < content.Length && BufferOctets - written >= ContentEncoder.MaxLength(ReadOctets) + 8)
            {
                var count = await ContentException.ReadAsync(content, offset, piece.AsMemory(0, ReadOctets), cancel);
                offset += count;
                written += encoder.Encode(piece.AsSpan(0, count), buffer.AsSpan(written));
            }
            if (!CheckEightBit(encoder)) return false;
            var isLast = offset >= content.Length;
            if (isLast) written += encoder.End(buffer.AsSpan(written));
            var start = WriteHead(buffer, written - BdatHead, isLast);
            Wire.Expect(1);
            wasEnded = isLast;
            await Wire.SendAsync(buffer.AsMemory(start, written - start), session.Options.BlockTimeout);
            if (isLast && unanswered == 0) return true;
            if (!isLast && unanswered == 0 && Peer.Pipelining)
            {
                unanswered = 1;
                continue;
            }
            if (!await ReadChunkReplyAsync(isLast || unanswered > 0)) return false;
            if (isLast) return true;
        }
    }

    /// <summary>The answer to a chunk that was not the last. False: refused; nothing more of the content goes out.</summary>
    private async ValueTask<bool> ReadChunkReplyAsync(bool anotherFollows)
    {
        var reply = await Wire.ReadReplyAsync(SmtpStage.Data, session.Options.ContentEndTimeout);
        if (reply.IsPositive) return true;
        Settle(Failed(SmtpStage.Data, reply));
        if (anotherFollows) await Wire.ReadReplyAsync(SmtpStage.Data, session.Options.ContentEndTimeout);
        return false;
    }

    // "BDAT n" directly before the chunk, so that both leave in one write.
    private static int WriteHead(byte[] buffer, int length, bool isLast)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"BDAT {length}{(isLast ? " LAST" : "")}\r\n");
        var start = BdatHead - head.Length;
        Encoding.ASCII.GetBytes(head, buffer.AsSpan(start));
        return start;
    }

    /// <summary>A host without 8BITMIME gets no octet beyond ASCII, whatever was declared of the message (RFC 6152 §3).</summary>
    private bool CheckEightBit(in ContentEncoder encoder)
    {
        if (!encoder.HasEightBit || Peer.EightBitMime || Peer.SmtpUtf8) return true;
        Settle(session.Outcome(SmtpStage.Data, AttemptVerdict.PermanentFailure, "5.6.3", "the message has 8-bit content, which the host does not take"));
        return false;
    }

    /// <summary>A host that speaks up in the middle of the content wants no more of it.</summary>
    private bool CheckUnasked()
    {
        if (Wire.Unasked is not { } reply) return true;
        Settle(Failed(SmtpStage.Data, reply));
        return false;
    }
}
