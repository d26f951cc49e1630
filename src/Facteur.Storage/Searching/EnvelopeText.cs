using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>Names and addresses of a stored ENVELOPE, as they are sorted.</summary>
public static class EnvelopeText
{
    /// <summary>Places in ENVELOPE (RFC 9051 §7.5.2).</summary>
    public const int From = 2, To = 5, Cc = 6;

    // Groups without members before the first address: nobody writes many.
    private const int MostAddresses = 8;

    /// <summary>addr-mailbox of the first address of a field (RFC 5256 §3 CC, FROM, TO).</summary>
    public static string FirstMailbox(ReadOnlySpan<byte> envelope, int field) =>
        Encoding.UTF8.GetString(ListText.Text(ListText.Item(FirstAddress(envelope, field), 2)));

    /// <summary>The name of the first address of a field, decoded, or its address (RFC 5957 §3).</summary>
    public static string FirstDisplayName(ReadOnlySpan<byte> envelope, int field) => DisplayName(FirstAddress(envelope, field));

    /// <summary>The same of the first that is no beginning of a group (RFC 8621 §4.4.2); empty when there is none.</summary>
    public static string FirstPerson(ReadOnlySpan<byte> envelope, int field)
    {
        var list = ListText.Item(envelope, field);
        for (var i = 0; i < MostAddresses && ListText.Item(list, i) is { IsEmpty: false } address; i++)
            if (ListText.Text(ListText.Item(address, 3)).Length > 0) return DisplayName(address);
        return "";
    }

    private static string DisplayName(ReadOnlySpan<byte> address)
    {
        var name = EncodedWords.Decode(ListText.Text(ListText.Item(address, 0)));
        if (name.Length > 0) return name;
        var mailbox = Encoding.UTF8.GetString(ListText.Text(ListText.Item(address, 2)));
        var host = Encoding.UTF8.GetString(ListText.Text(ListText.Item(address, 3)));
        return host.Length > 0 ? $"{mailbox}@{host}" : mailbox;
    }

    private static ReadOnlySpan<byte> FirstAddress(ReadOnlySpan<byte> envelope, int field) => ListText.Item(ListText.Item(envelope, field), 0);
}
