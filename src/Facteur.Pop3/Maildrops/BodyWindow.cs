using System.Buffers;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// Short bodies read ahead of a client that fetches one message after another, as all do: one look into the store for some thirty messages.
/// The buffer is held from the first such fetch to the end of the session.
/// </summary>
internal sealed class BodyWindow(MailStore store) : IDisposable
{
    private const int Octets = 128 * 1024;
    private const int Messages = 64;

    /// <summary>Longer ones are not kept in short form by any store.</summary>
    private const int LongestShort = 16 * 1024;

    private readonly EmailId[] emails = new EmailId[Messages];
    private readonly int[] lengths = new int[Messages];
    private byte[] buffer = [];
    private int first; // number of the first message in the window
    private int count;
    private int at;    // the message asked for last, in the window
    private int offset; // of its octets

    public async ValueTask<ReadOnlyMemory<byte>> FindAsync(Maildrop maildrop, int number, MaildropEntry entry, bool ahead, CancellationToken cancel)
    {
        if (TryMoveTo(number, entry.Email)) return buffer.AsMemory(offset, lengths[at]);
        if (entry.Size > LongestShort || !(ahead || number == first + count)) 
        {
            (first, count) = (number + 1, 0); // the next in order is read ahead
            return default;
        }
        if (buffer.Length == 0) buffer = ArrayPool<byte>.Shared.Rent(Octets);
        var wanted = Choose(maildrop, number);
        count = await store.ReadShortBodiesAsync(emails.AsMemory(0, wanted), buffer, lengths, cancel);
        (first, at, offset) = (number, 0, 0);
        if (count > 0) return buffer.AsMemory(0, lengths[0]);
        first = number + 1;
        return default;
    }

    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, count) = ([], 0);
    }

    private bool TryMoveTo(int number, EmailId email)
    {
        var wanted = number - first;
        if (wanted < 0 || wanted >= count || emails[wanted] != email) return false;
        if (wanted < at) (at, offset) = (0, 0);
        for (; at < wanted; at++) offset += lengths[at];
        return true;
    }

    /// <summary>The message and those behind it, as far as they are short and fit.</summary>
    private int Choose(Maildrop maildrop, int number)
    {
        var room = (long)buffer.Length;
        var wanted = 0;
        for (; wanted < Messages && number + wanted <= maildrop.Messages; wanted++)
        {
            var entry = maildrop.Find(number + wanted, out _);
            if (entry.Email.Value == 0 || entry.Size > LongestShort || (room -= entry.Size) < 0) break;
            emails[wanted] = entry.Email;
        }
        return wanted;
    }
}
