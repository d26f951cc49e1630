using System.Buffers;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Flags as written, kept by their bits for one command: a mailbox of 100,000 messages has a few dozen combinations.</summary>
internal sealed class FlagCache(ImapSession session)
{
    private const int MaxKept = 256;

    private readonly Dictionary<(ulong Bits, bool Recent), byte[]> written = [];

    /// <summary>Writes a flag list in parentheses.</summary>
    public void Write(in MessageEntry entry)
    {
        var mailbox = session.Mailbox;
        var recent = mailbox.IsRecent(session, entry.Uid);
        if (!written.TryGetValue((entry.Flags.Bits, recent), out var text))
        {
            if (written.Count >= MaxKept) written.Clear();
            var list = new ArrayBufferWriter<byte>(64);
            FlagNames.WriteList(list, entry.Flags, mailbox.Keywords, recent);
            written[(entry.Flags.Bits, recent)] = text = list.WrittenSpan.ToArray();
        }
        session.Writer.Raw(text);
    }
}
