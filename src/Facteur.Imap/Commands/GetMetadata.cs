using System.Globalization;
using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>GETMETADATA: annotations of a mailbox, or of the server.</summary>
// RFC 5464 §4.2.
internal sealed record GetMetadata(string? Mailbox, IReadOnlyList<MetadataEntry> Entries, AnnotationDepth Depth, uint? MaxSize) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        var (depth, maxSize) = (AnnotationDepth.Entry, (uint?)null);
        reader.Space();
        // The grammar of RFC 5464 §5 has options before the mailbox, its examples (§4.2.1, §4.2.2) behind it: clients do both.
        if (reader.Peek() == '(') ParseOptions(ref reader, ref depth, ref maxSize);
        var mailbox = MetadataPlace.Parse(ref reader);
        reader.Space();
        if (reader.Rest is [(byte)'(', not ((byte)'/' or (byte)'"' or (byte)'{'), ..]) ParseOptions(ref reader, ref depth, ref maxSize);
        var entries = MetadataEntry.ParseAll(ref reader, isPrefix: depth != AnnotationDepth.Entry);
        reader.End();
        return new GetMetadata(mailbox, entries, depth, maxSize);
    }

    private static void ParseOptions(ref ImapReader reader, ref AnnotationDepth depth, ref uint? maxSize)
    {
        reader.Expect((byte)'(');
        do
        {
            var option = reader.Atom();
            reader.Space();
            if (option.Equals("MAXSIZE", StringComparison.OrdinalIgnoreCase)) maxSize = reader.Number();
            else if (option.Equals("DEPTH", StringComparison.OrdinalIgnoreCase)) depth = ParseDepth(reader.Atom());
            else throw new ImapSyntaxException("unknown option of GETMETADATA");
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        reader.Space();
    }

    private static AnnotationDepth ParseDepth(string depth) => depth.ToUpperInvariant() switch
    {
        "0" => AnnotationDepth.Entry,
        "1" => AnnotationDepth.Children,
        "INFINITY" => AnnotationDepth.All,
        _ => throw new ImapSyntaxException("DEPTH is 0, 1 or infinity"),
    };

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var place = await MetadataPlace.FindAsync(session, Mailbox, cancel);
        var query = new AnnotationQuery([.. Entries.Select(entry => entry.Name)], Depth, MaxSize);
        var longest = await MetadataLine.WriteAsync(session, place, Entries, query, await place.ReadAsync(session, query, cancel));
        if (longest is { } octets) session.Complete(string.Create(CultureInfo.InvariantCulture, $"METADATA LONGENTRIES {octets}"));
    }
}
