using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Ids on the wire (RFC 8620 §1.2): a letter for the type, then the store's number. Anything else is an id that nothing has.</summary>
public static class JmapIds
{
    public static string Of(AccountId id) => Write('a', id.Value);
    public static string Of(MailboxId id) => Write('m', id.Value);
    public static string Of(EmailId id) => Write('e', id.Value);
    public static string Of(ThreadId id) => Write('t', id.Value);
    public static string Of(SubmissionId id) => Write('s', id.Value);
    public static string Of(Identity identity) => Write('i', identity.Id);

    public static bool TryRead(string? text, out AccountId id) => Try(text, 'a', out var value) & (id = new AccountId(value)) != default;
    public static bool TryRead(string? text, out MailboxId id) => Try(text, 'm', out var value) & (id = new MailboxId(value)) != default;
    public static bool TryRead(string? text, out EmailId id) => Try(text, 'e', out var value) & (id = new EmailId(value)) != default;
    public static bool TryRead(string? text, out ThreadId id) => Try(text, 't', out var value) & (id = new ThreadId(value)) != default;
    public static bool TryRead(string? text, out SubmissionId id) => Try(text, 's', out var value) & (id = new SubmissionId(value)) != default;

    /// <summary>An identity's number; 0 is the one an account has without any of its own.</summary>
    public static bool TryReadIdentity(string? text, out int id)
    {
        var read = Try(text, 'i', out var value) && value <= int.MaxValue;
        id = read ? (int)value : -1;
        return read;
    }

    public static string Write(char letter, long value) => string.Create(CultureInfo.InvariantCulture, $"{letter}{value}");

    /// <summary>Digits without leading zeros, so that an object has one id. (The runtime would read NULs after the digits over.)</summary>
    public static bool Try(string? text, char letter, out long value)
    {
        value = 0;
        return text is { Length: >= 2 and <= 20 } && text[0] == letter && (text[1] != '0' || text.Length == 2) && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
