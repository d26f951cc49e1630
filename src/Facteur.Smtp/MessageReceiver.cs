using System.Buffers;
using Facteur.Net;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp;

/// <summary>
/// Streams the content of a message from the connection to the handoff, in slices of what was received: nothing is
/// copied, no message is ever whole in memory.
/// </summary>
internal sealed class MessageReceiver(SmtpInput input, SmtpOptions options)
{
    /// <summary>Receives DATA up to its end.</summary>
    /// <returns>Null when the end was reached, else why the connection has to end.</returns>
    public async ValueTask<EndReason?> ReceiveDataAsync(MessageContent content, IMailTransaction handoff, CancellationToken cancel)
    {
        while (true)
        {
            while (!input.Unread.IsEmpty && !content.Reader.IsEnded)
            {
                var segment = input.Unread.First;
                var used = 0;
                while (used < segment.Length && !content.Reader.IsEnded)
                {
                    var rest = segment[used..];
                    used += content.Reader.Read(rest.Span, out var start, out var length);
                    if (length > 0) await content.TakeAsync(rest.Slice(start, length), handoff, cancel);
                }
                input.Unread = input.Unread.Slice(used);
            }
            if (content.Reader.IsEnded) return null;
            if (content.IsFarTooLarge) return EndReason.ProtocolViolation;
            if (await FillAsync() is { } end) return end;
        }
    }

    /// <summary>Receives a chunk of BDAT; with no transaction its octets are thrown away (RFC 3030 §2).</summary>
    /// <returns>Null when the chunk was read, else why the connection has to end.</returns>
    public async ValueTask<EndReason?> ReceiveChunkAsync(long octets, MessageContent? content, IMailTransaction? handoff, CancellationToken cancel)
    {
        while (octets > 0)
        {
            if (input.Unread.IsEmpty && await FillAsync() is { } end) return end;
            var segment = input.Unread.First;
            if (segment.Length > octets) segment = segment[..(int)octets];
            if (content is not null)
            {
                content.Reader.Read(segment.Span, out _, out _);
                await content.TakeAsync(segment, handoff!, cancel);
            }
            input.Unread = input.Unread.Slice(segment.Length);
            octets -= segment.Length;
        }
        return null;
    }

    private async ValueTask<EndReason?> FillAsync()
    {
        while (true)
        {
            switch (await input.ReadAsync(options.CommandTimeout))
            {
                case ReadOutcome.Data:
                    return null;
                case ReadOutcome.Woken or ReadOutcome.Ended:
                    continue; // a message that began is taken to its end; the session looks at the reason afterwards
                case ReadOutcome.TimedOut:
                    return EndReason.Timeout;
                case ReadOutcome.OverBudget:
                    return EndReason.PreLoginBudget;
                default:
                    return EndReason.ClientClosed;
            }
        }
    }
}
