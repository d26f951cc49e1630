namespace Facteur.Web.Transfer;

/// <summary>A stream by lines, however long: a line longer than the buffer comes in pieces.</summary>
internal sealed class LineReader(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private bool isOver;

    /// <summary>The piece, without its line end; good until the next is read.</summary>
    public ReadOnlyMemory<byte> Piece { get; private set; }

    /// <summary>It begins a line, or ends one.</summary>
    public bool Begins { get; private set; }

    /// <inheritdoc cref="Begins"/>
    public bool Ends { get; private set; } = true;

    /// <summary>Moves to the next piece; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        Begins = Ends;
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (at >= 0) return Take(at, at + 1, true);
            if (isOver && start == end) return false;
            if (isOver) return Take(end - start, end - start, true);
            if (start == 0 && end == buffer.Length)
            {
                // A CR at the end of a piece may belong to the line end.
                var length = buffer[end - 1] == '\r' ? end - 1 : end;
                return Take(length, length, false);
            }
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
            if (read == 0) isOver = true;
            end += read;
        }
    }

    private bool Take(int length, int taken, bool endsLine)
    {
        Ends = endsLine;
        var piece = buffer.AsMemory(start, length);
        Piece = endsLine && piece.Length > 0 && piece.Span[^1] == '\r' ? piece[..^1] : piece;
        start += taken;
        return true;
    }
}
