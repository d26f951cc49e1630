using System.Globalization;
using System.Text;

namespace Facteur.Mail;

/// <summary>ENVELOPE from a message header (RFC 9051 §7.5.2).</summary>
internal static class EnvelopeWriter
{
    private static readonly IdnMapping Idn = new();

    /// <summary>Writes the ENVELOPE of the header in <paramref name="header"/>; <paramref name="maxAddresses"/> for each list.</summary>
    public static void Write(HeaderIndex header, int maxAddresses, OctetBuffer output)
    {
        output.Append((byte)'(');
        Text(header, KnownField.Date, output);
        output.Append((byte)' ');
        Text(header, KnownField.Subject, output);
        output.Append((byte)' ');
        var start = output.Length;
        Addresses(header, KnownField.From, maxAddresses, output);
        var from = start..output.Length;
        AddressesOr(from, header, KnownField.Sender, maxAddresses, output);
        AddressesOr(from, header, KnownField.ReplyTo, maxAddresses, output);
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.To, KnownField.Cc, KnownField.Bcc])
        {
            output.Append((byte)' ');
            Addresses(header, field, maxAddresses, output);
        }
        output.Append((byte)' ');
        Text(header, KnownField.InReplyTo, output);
        output.Append((byte)' ');
        Text(header, KnownField.MessageId, output);
        output.Append((byte)')');
    }

    private static void Text(HeaderIndex header, KnownField field, OctetBuffer output)
    {
        // Present but empty is the empty string, not NIL.
        if (header.Has(field)) ImapText.Field(output, header.First(field));
        else ImapText.Nil(output);
    }

    /// <summary>Sender and Reply-To that are absent or empty have the value of From.</summary>
    private static void AddressesOr(Range from, HeaderIndex header, KnownField field, int max, OctetBuffer output)
    {
        output.Append((byte)' ');
        if (!Addresses(header, field, max, output, orNil: false)) output.Repeat(from);
    }

    private static bool Addresses(HeaderIndex header, KnownField field, int max, OctetBuffer output, bool orNil = true)
    {
        var any = false;
        for (var at = -1; max > 0 && header.Next(field, ref at, out var value);)
        {
            var items = AddressParser.ParseList(value, max);
            max -= items.Count;
            foreach (var item in items)
            {
                if (!any) output.Append((byte)'(');
                any = true;
                Address(item, output);
            }
        }
        if (any) output.Append((byte)')');
        else if (orNil) ImapText.Nil(output);
        return any;
    }

    private static void Address(AddressItem item, OctetBuffer output)
    {
        switch (item.Kind)
        {
            case AddressItemKind.GroupStart:
                // The name of the group stands where the local part would, and is never NIL: that would end a group.
                output.Append("(NIL NIL "u8);
                Name(item, output, orNil: false);
                output.Append(" NIL)"u8);
                return;
            case AddressItemKind.GroupEnd:
                output.Append("(NIL NIL NIL NIL)"u8);
                return;
        }
        output.Append((byte)'(');
        Name(item, output, orNil: true);
        output.Append((byte)' ');
        if (item.Route is null) ImapText.Nil(output);
        else ImapText.Text(output, item.Route);
        output.Append((byte)' ');
        // An empty string, not NIL, for what is missing: NIL means a group.
        ImapText.Text(output, item.LocalPart);
        output.Append((byte)' ');
        ImapText.Text(output, AsciiDomain(item.Domain));
        output.Append((byte)')');
    }

    private static void Name(AddressItem item, OctetBuffer output, bool orNil)
    {
        // Encoded words stay as the sender wrote them; 8-bit names are encoded from their decoded form.
        var raw = item.RawDisplayName;
        var name = raw is null || Ascii.IsValid(raw) ? raw : item.DisplayName ?? raw;
        if (string.IsNullOrEmpty(name) && orNil) ImapText.Nil(output);
        else ImapText.Text(output, name);
    }

    private static string AsciiDomain(string domain)
    {
        if (Ascii.IsValid(domain)) return domain;
        try
        {
            return Idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}
