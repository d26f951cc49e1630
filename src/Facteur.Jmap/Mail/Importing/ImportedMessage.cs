using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Octets of a blob on their way to be a message.</summary>
internal static class ImportedMessage
{
    /// <summary>Streams a message into the store; the caller disposes of the intake.</summary>
    /// <param name="mend">
    /// Gives a file of Unix its CRLF (RFC 5322 §2.3; RFC 8621 §4.8 allows it): one whose first line ends without CR was never as it is sent, and no
    /// binary part of it is either.
    /// </param>
    /// <returns>The intake, and the time of the topmost Received field, or null.</returns>
    public static async ValueTask<(MessageIntake Intake, DateTimeOffset? Received)> TakeAsync(MailStore store, IMessageSource source, bool mend, CancellationToken cancel)
    {
        var intake = store.BeginMessage(source.Length);
        LineEnds? ends = null;
        try
        {
            DateTimeOffset? received = null;
            var isFirst = true;
            await foreach (var piece in source.PiecesAsync(0, cancel))
            {
                if (isFirst)
                {
                    received = ReceivedOf(piece.Span);
                    if (mend && LineEnds.AreBare(piece.Span)) ends = new LineEnds();
                    isFirst = false;
                }
                await intake.WriteAsync(ends is null ? piece : ends.Mend(piece.Span), cancel);
            }
            await intake.CompleteAsync(cancel);
            return (intake, received);
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    // The date is behind the last semicolon (RFC 5322 §3.6.7).
    private static DateTimeOffset? ReceivedOf(ReadOnlySpan<byte> start)
    {
        if (!HeaderFields.TryFind(start, "Received"u8, out var value)) return null;
        var semicolon = value.LastIndexOf((byte)';');
        return semicolon >= 0 && MailDate.TryParse(value[(semicolon + 1)..], out var date) ? date : null;
    }

    /// <summary>CRLF for LF, across pieces.</summary>
    private sealed class LineEnds
    {
        private readonly byte[] mended = new byte[2 * MessagePieces.Step];
        private byte last;

        public static bool AreBare(ReadOnlySpan<byte> start) => start.IndexOf((byte)'\n') is >= 0 and var end && (end == 0 || start[end - 1] != '\r');

        public ReadOnlyMemory<byte> Mend(ReadOnlySpan<byte> octets)
        {
            var length = 0;
            foreach (var octet in octets)
            {
                if (octet == '\n' && last != '\r') mended[length++] = (byte)'\r';
                mended[length++] = last = octet;
            }
            return mended.AsMemory(0, length);
        }
    }
}
