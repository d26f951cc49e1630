namespace Facteur.Server.Demo;

/// <summary>A message to be put into the demo account.</summary>
/// <param name="Mailbox">INBOX or one of the mailboxes every account has: Drafts, Sent, Junk, Trash, Archive.</param>
/// <param name="Date">When it arrived.</param>
/// <param name="WriteAsync">Writes the message, the same octets each time.</param>
public sealed record DemoMessage(string Mailbox, bool Seen, bool Flagged, DateTimeOffset Date, Func<Stream, CancellationToken, ValueTask> WriteAsync);

/// <summary>The mail of the demo account: people, threads, newsletters and the oddities that real mail is made of, in French and English.</summary>
/// <remarks>The same messages for the same <c>now</c> and count: tests and screenshots rely on it. Nothing is held in memory but texts; the
/// large attachment is made as it is written.</remarks>
public static class DemoMessages
{
    private const int Seed = 1969;

    // Of the messages that are not one of a kind.
    private const double ThreadShare = 0.55, LetterShare = 0.25;

    /// <summary>Exactly <paramref name="count"/> messages, oldest first, none later than <paramref name="now"/>.</summary>
    public static IEnumerable<DemoMessage> Generate(DateTimeOffset now, int count)
    {
        var desk = new DemoDesk(now, Seed);
        var messages = new List<DemoMessage>(count + 16);
        messages.AddRange(DemoWelcome.Messages(desk));
        messages.AddRange(DemoAttachments.Messages(desk));
        messages.AddRange(DemoCharsets.Messages(desk));
        messages.AddRange(DemoBroken.Messages(desk));
        var rest = Math.Max(0, count - messages.Count);
        var threads = (int)(rest * ThreadShare);
        var letters = (int)(rest * LetterShare);
        messages.AddRange(DemoThreads.Messages(desk).Take(threads));
        messages.AddRange(DemoNewsletters.Messages(desk).Take(letters));
        messages.AddRange(DemoNotices.Messages(desk).Take(rest - threads - letters));
        return messages.Take(count).OrderBy(message => message.Date);
    }
}
