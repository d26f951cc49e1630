using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>What the owner of a message can read later of what was done with it here.</summary>
internal sealed partial class ImapSession
{
    // A client's own words; a version string has room.
    private const int MaxProgram = 100;

    private string program = "";

    /// <summary>Notes that messages of the selected mailbox were read, deleted or moved away.</summary>
    public void Note(TraceKind kind, IReadOnlyList<EmailId> emails)
    {
        if (emails.Count > 0) Store.Trace.Note(kind, Account.Id, Mailbox.Id, emails, "IMAP", program, Connection.Remote.Address.ToString());
    }

    /// <summary>The emails of UIDs in the selected mailbox, as this session knows it.</summary>
    public IReadOnlyList<EmailId> EmailsOf(IEnumerable<Uid> uids)
    {
        var snapshot = Mailbox.Snapshot;
        var emails = new List<EmailId>();
        foreach (var uid in uids)
            if (snapshot.IndexOf(uid) is var place and >= 0) emails.Add(snapshot[place].Email);
        return emails;
    }
}
