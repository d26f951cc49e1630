using Facteur.Accounts;
using Facteur.Pop3.Maildrops;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Pop3;

/// <summary>What all sessions of a server share.</summary>
internal sealed record Pop3Services(MailStore Store, LoginService Logins, Pop3Options Options, TimeProvider Time, ILogger Logger)
{
    public AccountSettings Settings { get; } = new(Store.Settings);
    public MaildropLocks Locks { get; } = new(Time);
    public MaildropCache Cache { get; } = new(Options.RememberedMessages);
    public LoginPauses Pauses { get; } = new(Time);
    public PopAnnouncement Announcement { get; } = new(Store.Settings);
    public DownloadLog Downloads { get; } = new(Store, Time);
}
