using System.Text;

namespace Facteur.Imap.Commands;

/// <summary>ID: who the two are. Our version is told to nobody; the client's name helps to read the log.</summary>
// RFC 2971 §3.1; limits of §3.3: 30 pairs, field 30 octets, value 1024 octets.
internal sealed record Id(string? Client) : ImapCommand
{
    private const int MaxPairs = 30;
    private const int MaxFieldOctets = 30;
    private const int MaxValueOctets = 1024;

    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var client = new StringBuilder();
        if (reader.TryByte((byte)'(')) ParsePairs(ref reader, client);
        else if (!reader.TryAtom("NIL"u8)) throw new ImapSyntaxException("NIL or a list expected");
        reader.End();
        return new Id(client.Length == 0 ? null : client.ToString());
    }

    private static void ParsePairs(ref ImapReader reader, StringBuilder client)
    {
        if (reader.TryByte((byte)')')) return;
        var count = 0;
        do
        {
            if (++count > MaxPairs) throw new ImapSyntaxException("too many fields");
            var field = Encoding.UTF8.GetString(reader.StringBytes());
            reader.Space();
            var value = reader.NString();
            if (field.Length > MaxFieldOctets || value?.Length > MaxValueOctets) throw new ImapSyntaxException("the field is too long");
            if (value is not null && field.ToUpperInvariant() is "NAME" or "VERSION") client.Append(client.Length == 0 ? "" : " ").Append(value);
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (Client is not null) session.ClientIs(Client);
        session.Writer.Raw("* ID (\"name\" \"Facteur\")\r\n"u8);
        return ValueTask.CompletedTask;
    }
}
