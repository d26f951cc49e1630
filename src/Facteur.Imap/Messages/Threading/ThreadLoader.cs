using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Reads what threads are made of.</summary>
internal sealed class ThreadLoader(ImapSession session, bool byReferences)
{
    /// <summary>References used of one message: the last ones, which are nearest (clients cut the list from the front or the middle).</summary>
    private const int MaxReferences = 100;

    private readonly HeaderLoader headers = new(session.Store);

    /// <summary>The threads of the messages found.</summary>
    public async ValueTask<List<ThreadNode>> RunAsync(MessageBits found, CancellationToken cancel)
    {
        if (found.IsEmpty) return [];
        var mailbox = session.Mailbox;
        var references = new References();
        var messages = new List<ThreadNode>();
        var fields = EmailFields.SortKeys | (byReferences ? EmailFields.Parts : EmailFields.Entry);
        await using var emails = session.Store.ReadEmails(mailbox.Id, mailbox.Uids(found.Ranges()), fields);
        while (await emails.ReadAsync(cancel))
        {
            var place = mailbox.Snapshot.IndexOf(emails.Entry.Uid);
            if (place < 0) continue;
            var message = new ThreadNode
            {
                Place = place,
                Sent = (emails.SentDate ?? emails.InternalDate).UtcTicks,
                Subject = Collations.UnicodeCasemap(emails.BaseSubject),
            };
            if (byReferences) AddTo(references, message, emails.MessageId, (await headers.ReadAsync(emails.Body, PartTable.HeaderLength(emails.Parts), cancel)).Span);
            else messages.Add(message);
        }
        return byReferences ? references.Build() : OrderedSubject.Build(messages);
    }

    private static void AddTo(References references, ThreadNode message, string? id, ReadOnlySpan<byte> header)
    {
        if (HeaderFields.TryFind(header, "Subject"u8, out var subject)) message.IsReply = ReplySubject.Is(EncodedWords.Decode(subject));
        IReadOnlyList<string> ids = HeaderFields.TryFind(header, "References"u8, out var field) ? MessageIds.Parse(field) : [];
        if (ids.Count == 0 && HeaderFields.TryFind(header, "In-Reply-To"u8, out field)) ids = MessageIds.Parse(field) is [var first, ..] ? [first] : [];
        references.Add(message, id is null ? null : Normalised(id), [.. ids.Skip(Math.Max(0, ids.Count - MaxReferences)).Select(Normalised)]);
    }

    // Quoting makes no difference to an id (RFC 5256 §3).
    private static string Normalised(string id) =>
        id.Contains('"', StringComparison.Ordinal) ? id.Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal) : id;
}
