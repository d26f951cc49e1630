using System.Text;
using Facteur.Net;

namespace Facteur.Imap;

internal sealed partial class ImapSession
{
    // "DONE" with some room for a client that writes blanks.
    private const int MaxDoneOctets = 64;

    /// <summary>Tells changes until the client's line comes, which must be DONE. Ends the session after <see cref="ImapOptions.IdleTimeout"/>.</summary>
    public async ValueTask IdleAsync(CancellationToken cancel)
    {
        var start = Time.GetTimestamp();
        while (true)
        {
            // Commands may stand behind DONE, in the same segment (iOS, CLIENTS 14): only the line is taken.
            if (TryTakeLine(MaxDoneOctets) is { } line)
            {
                if (Ascii.EqualsIgnoreCase(line.AsSpan().Trim((byte)' '), "DONE"u8)) return;
                throw new ImapSyntaxException("DONE expected");
            }
            await SyncAsync(allowExpunge: true, cancel);
            if (Writer.Pending > 0) await Writer.FlushAsync();
            await WaitIdleAsync(Options.IdleTimeout - Time.GetElapsedTime(start));
        }
    }

    private async ValueTask WaitIdleAsync(TimeSpan remaining)
    {
        var isLast = remaining <= Options.IdleHeartbeat;
        if (remaining <= TimeSpan.Zero) throw Ended(ReadOutcome.TimedOut);
        var outcome = await Connection.ReadAsync(isLast ? remaining : Options.IdleHeartbeat);
        if (outcome is ReadOutcome.Data or ReadOutcome.Woken) return;
        if (outcome != ReadOutcome.TimedOut || isLast) throw Ended(outcome);
        // Outlook, and address translators on the way, take a silent connection for dead (CLIENTS 5).
        Writer.Raw("* OK Still here\r\n"u8);
    }
}
