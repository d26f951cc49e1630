using Facteur.Accounts;
using Facteur.Mail;

namespace Facteur.Delivery.Vacation;

/// <summary>Whether a message is replied to, or the first rule that says no.</summary>
public enum VacationDecision : byte
{
    Reply,
    /// <summary>The absence has not begun or is over, or the setting is off.</summary>
    NotNow,
    /// <summary>The empty reverse-path: nobody to reply to (RFC 3834 §2).</summary>
    NullSender,
    /// <summary>An address of software: mailer-daemon, owner-…, …-request, noreply.</summary>
    SystemSender,
    /// <summary>The account wrote to itself.</summary>
    OwnSender,
    /// <summary>A machine wrote it.</summary>
    Automatic,
    /// <summary>It came by a list.</summary>
    List,
    /// <summary>It went to Junk.</summary>
    Junk,
    /// <summary>No address of the account's own is among the recipients named in the header.</summary>
    NotAddressed,
    /// <summary>The sender had the same reply within the days that are set.</summary>
    RepliedBefore,
}

/// <summary>When to reply automatically to a message (RFC 3834 §2, RFC 5230 §4). Pure: all that has to be looked up is given.</summary>
public static class VacationRules
{
    private static readonly string[] systemNames =
        ["mailer-daemon", "listserv", "majordomo", "mailman", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "nepasrepondre", "ne-pas-repondre", "bounce", "bounces", "nobody", "daemon", "root", "www-data"];

    private static readonly string[] systemStarts = ["owner-", "bounce-", "bounces-", "bounce+", "bounces+", "noreply-", "noreply+", "no-reply-", "no-reply+"];
    private static readonly string[] systemEnds = ["-request", "-owner", "-bounce", "-bounces", "-noreply", "-no-reply", "-relay", "-errors"];

    /// <param name="sender">Reverse-path; "" is the empty one.</param>
    /// <param name="addressedTo">The address of the account's own that the header names, or null.</param>
    /// <param name="isOwnSender">The sender is an address of the account.</param>
    /// <param name="repliedBefore">The sender had this reply within the days that are set.</param>
    public static VacationDecision Decide(
        VacationSetting setting, VacationMessage message, string sender, string? addressedTo, bool isOwnSender, bool isJunk, bool repliedBefore, DateTimeOffset now)
    {
        if (setting.IsOff || now < setting.From || now >= setting.Until) return VacationDecision.NotNow;
        if (sender.Length == 0) return VacationDecision.NullSender;
        if (!MailAddress.TryParse(sender, out var address) || IsSystem(address.LocalPart)) return VacationDecision.SystemSender;
        if (message.IsAutomatic) return VacationDecision.Automatic;
        if (message.IsList) return VacationDecision.List;
        if (isJunk) return VacationDecision.Junk;
        if (isOwnSender) return VacationDecision.OwnSender;
        if (addressedTo is null) return VacationDecision.NotAddressed;
        return repliedBefore ? VacationDecision.RepliedBefore : VacationDecision.Reply;
    }

    /// <summary>True for local parts of software that replies mean nothing to (RFC 5230 §4.6); postmaster is read by people.</summary>
    public static bool IsSystem(string localPart)
    {
        var name = localPart.ToLowerInvariant();
        return systemNames.Contains(name)
            || Array.Exists(systemStarts, start => name.StartsWith(start, StringComparison.Ordinal))
            || Array.Exists(systemEnds, end => name.EndsWith(end, StringComparison.Ordinal));
    }
}
