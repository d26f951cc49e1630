using System.Globalization;
using System.Text.RegularExpressions;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// Unique-ids of copies. Of all entries of an email one has the email's own (no pop_uidl, or the one of a former host); the others bear
/// "C", email, UIDVALIDITY and UID of where they were made, and behind a "~" what they were copied from. When such a copy is all that is left of
/// its email, the next COPY or MOVE gives it the email's own again: a program that knows no MOVE takes mail away and back by COPY, and a POP3
/// program must not fetch it a second time.
/// </summary>
internal static partial class CopyUidl
{
    /// <summary>RFC 1939 §7, UIDL.</summary>
    private const int MaxLength = 70;

    /// <summary>For an entry that is not the first of its email: two messages of a maildrop must not share one (RFC 1939 §7).</summary>
    /// <param name="source">pop_uidl of what is copied.</param>
    public static string Make(MailboxState mailbox, EmailId email, Uid uid, string? source)
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"C{email.Value}.{mailbox.UidValidity}.{uid.Value}");
        var original = TryOriginal(email, source, out var found) ? found : source;
        return original is null || own.Length + 1 + original.Length > MaxLength ? own : $"{own}~{original}";
    }

    /// <summary>The pop_uidl of an entry that is copied to another mailbox.</summary>
    public static string? OfCopy(WriteSession session, MailboxState to, in EntryRow row, Uid uid) =>
        TryOriginal(row.Email, row.PopUidl, out var original) && IsAlone(session, row.Email) ? original : Make(to, row.Email, uid, row.PopUidl);

    /// <summary>The pop_uidl of an entry that is moved.</summary>
    public static string? OfMove(WriteSession session, in EntryRow row) =>
        TryOriginal(row.Email, row.PopUidl, out var original) && IsAlone(session, row.Email) ? original : row.PopUidl;

    /// <summary>True when the id is one of a copy; then <paramref name="original"/> is what it was copied from.</summary>
    private static bool TryOriginal(EmailId email, string? uidl, out string? original)
    {
        original = null;
        if (uidl is null || !uidl.StartsWith('C') || Form().Match(uidl) is not { Success: true } match) return false;
        if (match.Groups[1].Value != email.Value.ToString(CultureInfo.InvariantCulture)) return false; // of a former host that makes them alike
        original = match.Groups[2].Success ? match.Groups[2].Value : null;
        return true;
    }

    private static bool IsAlone(WriteSession session, EmailId email)
    {
        var row = session.Database.Get("SELECT entries FROM email WHERE id = ?1").Bind(1, email.Value);
        var alone = row.Step() && row.Int64(0) == 1;
        row.Reset();
        return alone;
    }

    [GeneratedRegex("^C([0-9]+)\\.[0-9]+\\.[0-9]+(?:~(.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
