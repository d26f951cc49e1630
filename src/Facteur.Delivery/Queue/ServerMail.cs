using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Queue;

/// <summary>What messages have in common that the server itself writes: the empty reverse-path before them, which is not sent, and inboxes here.</summary>
internal sealed class ServerMail(MailStore store, TimeProvider time)
{
    private static readonly byte[] returnPath = "Return-Path: <>\r\n"u8.ToArray();

    /// <summary>Octets at the start of the stored message that are not sent.</summary>
    public static int SkipOctets => returnPath.Length;

    /// <summary>A whole message into the store; the caller disposes it.</summary>
    public async ValueTask<MessageIntake> TakeInAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        var intake = store.BeginMessage(returnPath.Length + octets.Length);
        try
        {
            await intake.WriteAsync(returnPath, cancel);
            await intake.WriteAsync(octets, cancel);
            await intake.CompleteAsync(cancel);
            return intake;
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    /// <summary>The inboxes of those accounts that there are still.</summary>
    public async ValueTask<List<DeliveryTarget>> TargetsAsync(IReadOnlyList<AccountId> accounts, CancellationToken cancel)
    {
        var targets = new List<DeliveryTarget>(accounts.Count);
        foreach (var account in accounts)
            if (await store.FindMailboxAsync(account, "INBOX", cancel) is { } inbox) targets.Add(new DeliveryTarget(inbox.Id, FlagSet.Empty, time.GetLocalNow()));
        return targets;
    }
}

/// <summary>A message in memory, as it leaves.</summary>
internal sealed class MemoryMessage(ReadOnlyMemory<byte> octets) : IMessageSource
{
    public long Length => octets.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        var rest = octets[(int)Math.Min(offset, octets.Length)..];
        var part = rest[..Math.Min(rest.Length, buffer.Length)];
        part.CopyTo(buffer);
        return new(part.Length);
    }
}
