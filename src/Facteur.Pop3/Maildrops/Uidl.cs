using System.Text;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// Unique-ids (RFC 1939 §7, UIDL): the one kept from a former host or of a copy, else "F", the email id, "." and a mark of the account. The
/// email id stays through MOVE, rename and another UIDVALIDITY. The mark keeps apart what an account brought with it when it moved here from
/// another Facteur and what it gets here: email ids of two hosts overlap, and a program would take new mail for mail that it has.
/// </summary>
internal static class Uidl
{
    private const int MaxLength = 70;
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>"." and when the account was made, to the second.</summary>
    public static byte[] MarkOf(AccountRecord account)
    {
        var mark = new StringBuilder();
        for (var rest = account.Created.ToUnixTimeSeconds(); rest > 0; rest /= Digits.Length) mark.Append(Digits[(int)(rest % Digits.Length)]);
        return Encoding.ASCII.GetBytes("." + mark);
    }

    public static string Own(EmailId email, ReadOnlySpan<byte> mark) => $"F{email.Value}{Encoding.ASCII.GetString(mark)}";

    /// <summary>One to 70 characters from "!" to "~"; a former host may have kept to less.</summary>
    public static bool IsValid(string uidl) => uidl.Length is > 0 and <= MaxLength && !uidl.AsSpan().ContainsAnyExceptInRange('!', '~');
}
