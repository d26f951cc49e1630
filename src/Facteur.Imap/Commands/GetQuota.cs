namespace Facteur.Imap.Commands;

/// <summary>GETQUOTA and GETQUOTAROOT: an account has one quota root, "", and none when it has no limit.</summary>
// RFC 9208 §4.1.1, §4.1.2; STORAGE is in units of 1024 octets (§5.1).
internal sealed record GetQuota(string Root) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var root = reader.AString();
        reader.End();
        return new GetQuota(root);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (Root.Length > 0 || !await TellAsync(session, cancel)) throw new ImapRefusedException("NONEXISTENT", "there is no such quota root");
    }

    /// <summary>Writes the QUOTA line; false when the account has no limit.</summary>
    public static async ValueTask<bool> TellAsync(ImapSession session, CancellationToken cancel)
    {
        var quota = await session.Store.GetQuotaAsync(session.Account.Id, cancel);
        if (quota.LimitOctets is not { } limit) return false;
        var writer = session.Writer;
        writer.Raw("* QUOTA \"\" (STORAGE "u8);
        writer.Number((quota.UsedOctets + 1023) / 1024);
        writer.Space();
        writer.Number(limit / 1024);
        writer.Raw(")\r\n"u8);
        return true;
    }
}

/// <summary>GETQUOTAROOT: the quota root of a mailbox, and its quota.</summary>
// RFC 9208 §4.1.2.
internal sealed record GetQuotaRoot(string Mailbox) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.End();
        return new GetQuotaRoot(mailbox);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = await session.FindMailboxAsync(Mailbox, cancel);
        var isLimited = (await session.Store.GetQuotaAsync(session.Account.Id, cancel)).LimitOctets is not null;
        session.Writer.Raw("* QUOTAROOT "u8);
        session.Writer.Mailbox(mailbox.Name);
        session.Writer.Raw(isLimited ? " \"\"\r\n"u8 : "\r\n"u8);
        if (isLimited) await GetQuota.TellAsync(session, cancel);
    }
}
