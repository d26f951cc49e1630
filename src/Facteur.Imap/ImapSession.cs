using Facteur.Accounts;
using Facteur.Net;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>What the client switched on (ENABLE, RFC 9051 §6.3.1, or a CONDSTORE-enabling command, RFC 7162 §3.1).</summary>
[Flags]
internal enum EnabledFeatures
{
    None = 0,
    Condstore = 1,
    Utf8Accept = 2,
    Imap4Rev2 = 4,
    Metadata = 8,
}

/// <summary>One IMAP session: state and what commands work with. The loop is in ImapSession.Loop.cs.</summary>
internal sealed partial class ImapSession
{
    private readonly ImapHost host;
    private Account? account;
    private string? completionCode;
    private string completionText = "";

    public MailConnection Connection { get; }
    public MailStore Store => host.Store;
    public LoginService Logins => host.Logins;
    public ImapOptions Options => host.Options;

    /// <summary>Which messages some session was told of as \Recent.</summary>
    public RecentMarks Recents => host.Recents;
    public TimeProvider Time => host.Time;
    public ImapWriter Writer { get; private set; }
    public EnabledFeatures Enabled { get; private set; }
    public SelectedMailbox? Selected { get; private set; }

    /// <summary>Tag of the running command; null once its answer is written.</summary>
    public string? CurrentTag { get; private set; }

    /// <summary>Who logged in; commands of the logged-in states only.</summary>
    public Account Account => account ?? throw new InvalidOperationException("not logged in");

    /// <summary>The selected mailbox; commands of the selected state only.</summary>
    public SelectedMailbox Mailbox => Selected ?? throw new InvalidOperationException("no mailbox is selected");

    public SessionStates State => account is null ? SessionStates.NotAuthenticated : Selected is null ? SessionStates.Authenticated : SessionStates.Selected;

    /// <summary>Mailbox names and quoted strings are UTF-8.</summary>
    public bool Utf8 => (Enabled & (EnabledFeatures.Utf8Accept | EnabledFeatures.Imap4Rev2)) != 0;

    /// <summary>Sets what the tagged OK of the running command says.</summary>
    /// <param name="code">Response code without brackets, or null.</param>
    public void Complete(string? code = null, string text = "done")
    {
        completionCode = code;
        completionText = text;
    }

    /// <summary>A login succeeded.</summary>
    public void LogIn(Account loggedIn)
    {
        account = loggedIn;
        Connection.SetAuthenticated();
        watch = Logins.Watch(loggedIn, why =>
        {
            farewell = why.AsciiSentence;
            Connection.End(Net.EndReason.AccountChanged);
        });
    }

    /// <summary>Switches features on for the rest of the session.</summary>
    public void Enable(EnabledFeatures features)
    {
        Enabled |= features;
        Writer.Utf8 = Utf8;
        if (Enabled.HasFlag(EnabledFeatures.Metadata)) WatchMetadata();
    }

    /// <summary>Selects a mailbox; what was selected is left without a word.</summary>
    public void Select(SelectedMailbox? mailbox)
    {
        Selected?.Dispose();
        Selected = mailbox;
    }

    /// <summary>A mailbox of this account, or NO [NONEXISTENT].</summary>
    public async ValueTask<Mailbox> FindMailboxAsync(string name, CancellationToken cancel) =>
        await Store.FindMailboxAsync(Account.Id, name, cancel) is { } mailbox
            ? mailbox
            : throw new ImapRefusedException("NONEXISTENT", "there is no such mailbox");

    /// <summary>A mailbox to put messages into, or NO [TRYCREATE] (RFC 9051 §6.3.12, §6.4.7).</summary>
    public async ValueTask<Mailbox> FindTargetAsync(string name, CancellationToken cancel)
    {
        RequireWrite();
        return await Store.FindMailboxAsync(Account.Id, name, cancel) is { Selectable: true } mailbox
            ? mailbox
            : throw new ImapRefusedException("TRYCREATE", "there is no such mailbox");
    }

    /// <summary>NO [NOPERM] for a member of a shared account who may only read it (RFC 5530 §3).</summary>
    public void RequireWrite()
    {
        if (!Account.MayWrite) throw new ImapRefusedException("NOPERM", "this shared account is yours to read only");
    }
}
