using System.Buffers;
using Facteur.Net;

namespace Facteur.Smtp.Wire;

/// <summary>
/// The unread octets of a connection. Answers are flushed before each wait and not sooner, so that a group of pipelined
/// commands is answered at once (RFC 2920 §3.2).
/// </summary>
internal sealed class SmtpInput(MailConnection connection)
{
    private ReadOnlySequence<byte> unread;
    private bool taken;

    /// <summary>Octets not yet used; set it forward.</summary>
    public ref ReadOnlySequence<byte> Unread => ref unread;

    /// <summary>The client went away or stopped reading while answers were sent.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Gives the used octets back; what is unread stays.</summary>
    public void Release()
    {
        if (!taken) return;
        taken = false;
        connection.Advance(unread.Start, unread.Start);
        unread = default;
    }

    /// <summary>Flushes the answers and waits for octets beyond those unread, all of which were looked at.</summary>
    public async ValueTask<ReadOutcome> ReadAsync(TimeSpan timeout)
    {
        if (taken)
        {
            taken = false;
            connection.Advance(unread.Start, unread.End);
        }
        if (connection.Output.UnflushedBytes > 0 && !await connection.FlushAsync())
        {
            IsLost = true;
            unread = default;
            return ReadOutcome.Closed;
        }
        var outcome = await connection.ReadAsync(timeout);
        unread = connection.Buffer;
        taken = outcome is ReadOutcome.Data or ReadOutcome.Closed or ReadOutcome.OverBudget;
        return outcome;
    }
}
