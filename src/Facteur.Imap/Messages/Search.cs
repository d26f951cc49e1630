using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>What SEARCH is to answer (RFC 9051 §6.4.4, RFC 4731 §3.1, RFC 5182 §2.1).</summary>
[Flags]
internal enum SearchReturn
{
    None = 0,
    Min = 1,
    Max = 2,
    All = 4,
    Count = 8,
    Save = 16,
}

/// <summary>SEARCH and UID SEARCH: finds messages.</summary>
/// <param name="Return">Null without RETURN: then IMAP4rev1 answers "* SEARCH".</param>
// Command RFC 9051 §6.4.4, RFC 3501 §6.4.4; ESEARCH RFC 4731; SEARCHRES RFC 5182; MODSEQ RFC 7162 §3.1.5; WITHIN RFC 5032.
internal sealed record Search(bool Uid, SearchReturn? Return, SearchCondition Condition) : ImapCommand
{
    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Search Parse(ref ImapReader reader, bool uid)
    {
        reader.Space();
        SearchReturn? options = null;
        if (reader.TryAtom("RETURN"u8))
        {
            options = Options(ref reader);
            reader.Space();
        }
        var text = SearchText.Unlabelled;
        if (reader.TryAtom("CHARSET"u8))
        {
            reader.Space();
            text = SearchText.Of(reader.AString());
            reader.Space();
        }
        return new Search(uid, options, SearchParser.Parse(ref reader, text));
    }

    private static SearchReturn Options(ref ImapReader reader)
    {
        reader.Space();
        reader.Expect((byte)'(');
        if (reader.TryByte((byte)')')) return SearchReturn.All;
        var options = SearchReturn.None;
        do
        {
            if (reader.TryAtom("MIN"u8)) options |= SearchReturn.Min;
            else if (reader.TryAtom("MAX"u8)) options |= SearchReturn.Max;
            else if (reader.TryAtom("ALL"u8)) options |= SearchReturn.All;
            else if (reader.TryAtom("COUNT"u8)) options |= SearchReturn.Count;
            else if (reader.TryAtom("SAVE"u8)) options |= SearchReturn.Save;
            else throw new ImapSyntaxException("unknown result option");
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        return options;
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        var asksModSeq = Condition.All().Any(one => one is ModSeqCondition);
        if (asksModSeq) Condstore.Enable(session);
        var saves = Return?.HasFlag(SearchReturn.Save) == true;
        MessageBits found;
        try
        {
            found = await MailboxSubject.SearchAsync(session, Condition, cancel);
        }
        catch when (saves)
        {
            mailbox.SavedSearch = []; // RFC 9051 §6.4.4.1: a search that fails leaves nothing saved
            throw;
        }
        var answer = new SearchAnswer(session, Uid, found, asksModSeq);
        if (saves) mailbox.SavedSearch = answer.Saved(Return!.Value);
        if (Return is { } options) await answer.WriteExtendedAsync(options);
        // IMAP4rev2 knows ESEARCH only (RFC 9051 appendix E).
        else if (session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2)) await answer.WriteExtendedAsync(SearchReturn.All);
        else await answer.WriteAsync();
    }
}
