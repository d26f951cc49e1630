namespace Facteur.Imap.Commands;

/// <summary>LSUB: subscribed names by pattern; a level above one that "%" stops at is shown as \Noselect.</summary>
// RFC 3501 §6.3.9.
internal sealed record Lsub(string Reference, string Pattern) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var reference = MailboxName.DecodePattern(reader.AStringBytes(), reader.Utf8);
        reader.Space();
        var pattern = reader.ListMailbox();
        reader.End();
        return new Lsub(reference, pattern);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var pattern = new ListPattern(Reference + Pattern);
        var tree = await MailboxTree.LoadAsync(session, cancel);
        var above = new HashSet<ListedName>();
        foreach (var name in tree.Names)
            if (name.Subscribed && !pattern.Matches(name.Name)) above.UnionWith(tree.Above(name.Name).Where(a => !a.Subscribed));
        foreach (var name in tree.Names)
        {
            if (!name.Subscribed && !above.Contains(name) || !pattern.Matches(name.Name)) continue;
            ListLine.WriteLsub(session, name.Name, Attributes(name));
            await session.Writer.FlushIfFullAsync();
        }
    }

    // Special-use flags are for Outlook 2013, which looks for them here (CLIENTS 6).
    private static List<string> Attributes(ListedName name)
    {
        var attributes = new List<string>(2);
        if (!name.Subscribed || name.Mailbox is { Selectable: false }) attributes.Add("\\Noselect");
        if (name.Subscribed && name.Mailbox is { } mailbox && SpecialUse.Attribute(mailbox.Role) is { } use) attributes.Add(use);
        return attributes;
    }
}
