using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Tests.Jmap;

/// <summary>What JMAP puts into mailboxes and changes there is an event for scripts, as it is by IMAP (RFC 6785 §2.2).</summary>
public sealed class MailboxEventTests
{
    [Fact]
    public async Task Creating_keywords_and_mailboxes_are_events()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Store.Annotations.WriteAsync(new AnnotationWrite(new AnnotationPlace(jmap.Ada.Id, null), jmap.Ada.Id, [new AnnotationChange(AnnotationStore.ScriptName, "tri"u8.ToArray())]), default);
        var id = (await jmap.CreateAsync("""{"subject": "un"}""")).GetProperty("id").GetString();
        var archive = await jmap.MailboxAsync("Archive");
        await jmap.CallAsync("Email/set", $$$$"""{"update": {"{{{{id}}}}": {"keywords/$flagged": true}}}""");
        await jmap.CallAsync("Email/set", $$$$"""{"update": {"{{{{id}}}}": {"mailboxIds/{{{{archive}}}}": true, "keywords/projet": true}}}""");
        Assert.Equal([(MailboxCause.Append, "INBOX", ""), (MailboxCause.Flag, "INBOX", @"\Flagged"), (MailboxCause.Flag, "INBOX", "projet"), (MailboxCause.Copy, "Archive", "")], (await EventsAsync(jmap)).OrderBy(one => one.Item1 == MailboxCause.Copy));
    }

    private static async Task<List<(MailboxCause, string, string)>> EventsAsync(JmapHarness jmap)
    {
        var events = new List<(MailboxCause, string, string)>();
        var mailboxes = await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default);
        while (await jmap.Store.Events.NextAsync(1, default) is [var next])
        {
            Assert.Equal(jmap.Ada.Id, next.Person);
            events.Add((next.Cause, mailboxes.First(mailbox => mailbox.Id == next.Mailbox).Name, string.Join(' ', next.ChangedFlags)));
            await jmap.Store.Events.FinishAsync(new MailboxEventStep(next.Id, new Uid(next.Uids[^1].Last)), default);
        }
        return events;
    }
}
