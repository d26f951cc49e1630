using Facteur.Pop3.Maildrops;
using Facteur.Pop3.Wire;
using Facteur.Storage;

namespace Facteur.Pop3.Commands;

/// <summary>The lines of LIST and UIDL: page by page into the connection's buffers, so that a million messages cost one page.</summary>
internal static class Listing
{
    /// <summary>Octets written before they are sent.</summary>
    private const int FlushOctets = 32 * 1024;

    public static async ValueTask SendAsync(Pop3Session session, bool uidls, CancellationToken cancel)
    {
        var before = 0;
        foreach (var part in session.Maildrop.Parts)
        {
            var kept = uidls && part.AnyKept ? session.Maildrop.KeptOf(part) : null;
            for (var at = 0; at < part.Count;)
            {
                if (kept is not null && !IsAtHand(part.Entries[at], kept)) await kept.ReadAsync(KeptUidls.StretchOf(part.Entries[at..]), cancel);
                at = Fill(session, part, before, at, uidls, kept);
                if (session.Connection.Output.UnflushedBytes >= FlushOctets && !await session.Connection.FlushAsync()) return;
            }
            before += part.Count;
        }
        session.Writer.EndOfLines();
    }

    /// <summary>Writes one page; answers the index of the entry to go on with.</summary>
    private static int Fill(Pop3Session session, MaildropPart part, int before, int at, bool uidls, KeptUidls? kept)
    {
        var maildrop = session.Maildrop;
        var output = session.Connection.Output;
        var page = new ListingPage(output.GetSpan(ListingPage.Octets));
        var entries = part.Entries;
        for (; at < entries.Length && !page.IsFull; at++)
        {
            ref readonly var entry = ref entries[at];
            var number = before + at + 1;
            if (!maildrop.IsListed(number, entry)) continue;
            if (!uidls) page.Add(number, entry.Size);
            else if (!entry.HasPopUidl) page.AddOwnUidl(number, entry.Email.Value, maildrop.Mark);
            else if (kept!.TryFind(entry.Uid, out var uidl)) Add(ref page, number, entry, uidl, maildrop.Mark);
            else break;
        }
        output.Advance(page.Length);
        return at;
    }

    private static void Add(ref ListingPage page, int number, in MaildropEntry entry, string? uidl, byte[] mark)
    {
        if (uidl is null) return; // expunged meanwhile: nobody knows it any more
        if (uidl.Length > 0) page.Add(number, uidl);
        else page.AddOwnUidl(number, entry.Email.Value, mark);
    }

    private static bool IsAtHand(in MaildropEntry entry, KeptUidls kept) => !entry.HasPopUidl || kept.TryFind(entry.Uid, out _);
}
