using System.Buffers;
using Facteur.Imap.Commands;
using Facteur.Net;

namespace Facteur.Imap;

/// <summary>APPEND: its messages stream from the connection into the store, none is ever whole in memory.</summary>
internal sealed partial class ImapSession
{
    // What stands between two messages of one APPEND: flags and a date.
    private const int MaxAppendLineOctets = 8192;

    /// <summary>Takes an APPEND off the buffer, up to its first message; null when the awaited literal is another one.</summary>
    private AppendStart? TakeAppend()
    {
        if (State == SessionStates.NotAuthenticated) return null;
        var buffer = Connection.Buffer;
        var bytes = buffer.Slice(0, receiver.Length);
        var start = Append.TryParseStart(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), receiver.Literal, Utf8);
        if (start is null) return null;
        Connection.Advance(bytes.End, bytes.End);
        receiver.Reset();
        return start;
    }

    private async ValueTask RunAppendAsync(AppendStart start)
    {
        CurrentTag = start.Tag;
        Complete();
        await using var run = new AppendRun(this, start);
        try
        {
            if (!await ReceiveMessagesAsync(run, start.First)) throw run.Refusal!;
            var receipt = await run.DeliverAsync(cancel);
            Complete(Append.AppendUid(receipt), "appended");
            await SyncAsync(allowExpunge: true, cancel);
        }
        catch (Exception e) when (e is not (ImapEndedException or OperationCanceledException))
        {
            Refuse(start.Tag, e);
            return;
        }
        badCommands = 0;
        WriteOk();
    }

    /// <summary>Takes all messages; false when the client waits for "+" and gets the refusal instead.</summary>
    private async ValueTask<bool> ReceiveMessagesAsync(AppendRun run, AppendItem? item)
    {
        while (item is not null)
        {
            await run.CheckAsync(item, cancel);
            if (run.Refusal is not null && !item.Literal.IsNonSynchronizing) return false;
            if (item.Literal.Length > (ulong)Options.AppendLimitOctets) throw RefuseAndEnd(run.Refusal!, "the message is too large");
            if (!item.Literal.IsNonSynchronizing) Continue("go on");
            run.Begin(item);
            await ReceiveOctetsAsync(run, (long)item.Literal.Length);
            await run.EndAsync(item, cancel);
            item = ParseRest(run, item, await ReadLineAsync(MaxAppendLineOctets, Options.LiteralTimeout));
        }
        return true;
    }

    private async ValueTask ReceiveOctetsAsync(AppendRun run, long length)
    {
        while (length > 0)
        {
            if (Connection.Buffer.IsEmpty) await ReadMoreAsync(Options.LiteralTimeout);
            var buffer = Connection.Buffer;
            var taken = buffer.Slice(0, Math.Min(length, buffer.Length));
            foreach (var segment in taken) await run.WriteAsync(segment, cancel);
            Connection.Advance(taken.End, taken.End);
            length -= taken.Length;
        }
    }

    /// <summary>What follows a message: nothing, or the next one.</summary>
    private AppendItem? ParseRest(AppendRun run, AppendItem item, byte[] line)
    {
        // The reader wants a literal's head with its CRLF.
        var reader = new ImapReader([.. line, (byte)'\r', (byte)'\n'], Utf8);
        var fits = !item.IsUtf8 || reader.TryByte((byte)')');
        if (fits && reader.Rest is [(byte)'\r', (byte)'\n']) return null;
        // Octets right behind a message mean that its length was wrong, and that lines of mail would be read as commands (S-11).
        if (!fits || reader.Peek() != ' ') throw RefuseAndEnd(new ImapSyntaxException("the message does not fit its length"), "a literal does not fit its length");
        try
        {
            var next = AppendItem.Parse(ref reader);
            reader.End();
            return next;
        }
        catch (Exception e) when (e is ImapSyntaxException or ImapRefusedException)
        {
            run.Refuse(e);
            return LiteralHead.TryParseEnd(line, out var head) ? new AppendItem(item.Flags, null, head, false) : null;
        }
    }

    private ImapEndedException RefuseAndEnd(Exception why, string text)
    {
        Refuse(CurrentTag!, why);
        return Bye(EndReason.ProtocolViolation, text);
    }
}
