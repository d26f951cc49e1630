using System.Text;
using Facteur.Mail;

namespace Facteur.Sieve.Messages;

/// <summary>The part of an address a test looks at (RFC 5228 §2.7.4, RFC 5233 §4).</summary>
internal enum AddressPart : byte { All, LocalPart, Domain, User, Detail }

/// <summary>Addresses of fields and envelopes, cut into parts.</summary>
internal static class AddressValue
{
    /// <summary>The addresses of a field, members of groups included; names and comments are not looked at (RFC 5228 §5.1).</summary>
    public static IEnumerable<AddressItem> Read(ReadOnlySpan<byte> field, int max) =>
        AddressParser.ParseList(field, max).Where(item => item.Kind == AddressItemKind.Mailbox && (item.LocalPart.Length > 0 || item.Domain.Length > 0));

    /// <summary>The address of an envelope; route and brackets are dropped (RFC 5228 §5.4).</summary>
    public static AddressItem? ReadOne(string address) => Read(Encoding.UTF8.GetBytes(address), 2).FirstOrDefault();

    /// <summary>A part of an address; null when it has none, or is no valid address (RFC 5228 §2.7.4).</summary>
    public static string? Part(AddressItem item, AddressPart part, string separator)
    {
        if (part == AddressPart.All) return item.Domain.Length == 0 ? item.LocalPart : MailAddress.QuoteLocalPart(item.LocalPart) + '@' + item.Domain;
        if (!MailAddress.TryCreate(item.LocalPart, item.Domain, out _)) return null;
        var cut = separator.Length == 0 ? -1 : item.LocalPart.IndexOf(separator, StringComparison.Ordinal);
        return part switch
        {
            AddressPart.LocalPart => item.LocalPart,
            AddressPart.Domain => item.Domain,
            AddressPart.User => cut < 0 ? item.LocalPart : item.LocalPart[..cut],
            _ => cut < 0 ? null : item.LocalPart[(cut + separator.Length)..],
        };
    }

    /// <summary>A sieve-address: an addr-spec, or a name and one in brackets (RFC 5228 §2.4.2.3).</summary>
    public static bool TryRead(string text, out MailAddress address)
    {
        address = null!;
        var items = AddressParser.ParseList(Encoding.UTF8.GetBytes(text), 3);
        return items is [{ Kind: AddressItemKind.Mailbox, Route: null } item] && MailAddress.TryCreate(item.LocalPart, item.Domain, out address);
    }

    /// <summary>A mailbox-list (RFC 5322 §3.4): addresses with or without names, no groups.</summary>
    public static bool IsMailboxList(string text)
    {
        var items = AddressParser.ParseList(Encoding.UTF8.GetBytes(text), 20);
        return items.Count is > 0 and < 20 && items.All(item => item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out _));
    }
}
