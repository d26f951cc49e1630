using System.Text;
using Facteur.Delivery.Queue;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Support;

/// <summary>Messages as they lie in a store, for tests: whole, and in the order in which they came.</summary>
internal static class StoredMail
{
    public static async Task<byte[]> ReadBodyAsync(this MailStore store, BodyReference reference)
    {
        await using var body = (await store.OpenBodyAsync(reference, default))!;
        return await ReadAsync(body);
    }

    public static async Task<byte[]> ReadAsync(MessageBody body)
    {
        var octets = new byte[body.Length];
        for (var at = 0; at < octets.Length;) at += await body.ReadAsync(at, octets.AsMemory(at), default);
        return octets;
    }

    /// <summary>All messages of a mailbox.</summary>
    /// <param name="encoding">UTF-8 when left out; Latin-1 shows each octet as one character.</param>
    public static async Task<List<string>> ReadMailboxAsync(this MailStore store, AccountId account, string mailbox = "INBOX", Encoding? encoding = null)
    {
        var messages = new List<string>();
        await using var reader = store.ReadEmails((await store.FindMailboxAsync(account, mailbox, default))!.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default)) messages.Add((encoding ?? Encoding.UTF8).GetString(await store.ReadBodyAsync(reader.Body)));
        return messages;
    }

    /// <summary>What leaves with an entry of the queue: its prefix, then the stored octets from where they are sent.</summary>
    public static async Task<string> ReadSentAsync(this MailStore store, QueueMessage message, Encoding? encoding = null)
    {
        var body = await store.ReadBodyAsync(message.Content);
        return (encoding ?? Encoding.UTF8).GetString([.. message.Prefix.Span, .. body.AsSpan(message.SkipOctets)]);
    }

    /// <summary>Waits until nothing of the queue is under way.</summary>
    public static async Task SettleAsync(this QueueRunner runner, DestinationTable destinations)
    {
        var began = TimeProvider.System.GetTimestamp();
        destinations.Wake("-");
        while (!runner.IsAsleep)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "the queue does not come to rest");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, default);
        }
    }
}
