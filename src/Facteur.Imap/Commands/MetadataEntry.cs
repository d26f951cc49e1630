using System.Text;
using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>The name of an entry of METADATA, as a client wrote it and as it is kept.</summary>
/// <param name="Name">In lower case: names are compared without (RFC 5464 §3.2).</param>
internal readonly record struct MetadataEntry(string Sent, string Name)
{
    /// <summary>Whose special use a mailbox has (RFC 6154 §4): kept with the mailbox, not as an annotation.</summary>
    public const string SpecialUse = "/private/specialuse";

    /// <summary>How to reach who runs the server (RFC 5464 §3.2.1.1).</summary>
    public const string Admin = "/shared/admin";

    // Of one command.
    private const int MaxEntries = 256;

    /// <summary>astring: a name; BAD for what cannot be one.</summary>
    /// <param name="isPrefix">What is below is asked for too: the name may be short of an entry's.</param>
    public static MetadataEntry Parse(ref ImapReader reader, bool isPrefix)
    {
        var octets = reader.AStringBytes();
        if (octets.Length > AnnotationStore.MaxNameOctets || !Ascii.IsValid(octets)) throw new ImapSyntaxException("not a name of an entry");
        var sent = Encoding.ASCII.GetString(octets);
        var name = sent.ToLowerInvariant();
        return AnnotationName.IsName(name, isPrefix) ? new MetadataEntry(sent, name) : throw new ImapSyntaxException("not a name of an entry");
    }

    /// <summary>One name, or several: in parentheses by the grammar (RFC 5464 §5), and without as its §4.4.1 has them.</summary>
    public static List<MetadataEntry> ParseAll(ref ImapReader reader, bool isPrefix)
    {
        var entries = new List<MetadataEntry>();
        var isList = reader.TryByte((byte)'(');
        do
        {
            if (entries.Count == MaxEntries) throw new ImapSyntaxException("too many entries");
            entries.Add(Parse(ref reader, isPrefix));
        }
        while (reader.TrySpace());
        if (isList) reader.Expect((byte)')');
        return entries;
    }
}
