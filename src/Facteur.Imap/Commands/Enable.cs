namespace Facteur.Imap.Commands;

/// <summary>ENABLE: the client knows these extensions and may be answered with them.</summary>
// RFC 9051 §6.3.1 (also RFC 5161); UTF8=ACCEPT RFC 6855 §3; CONDSTORE RFC 7162 §3.1; METADATA RFC 5464 §4.1.
internal sealed record Enable(EnabledFeatures Features) : ImapCommand
{
    private static readonly (string Name, EnabledFeatures Feature)[] Known =
    [
        ("CONDSTORE", EnabledFeatures.Condstore), ("UTF8=ACCEPT", EnabledFeatures.Utf8Accept), ("IMAP4REV2", EnabledFeatures.Imap4Rev2),
        ("METADATA", EnabledFeatures.Metadata),
    ];

    public static ImapCommand Parse(ref ImapReader reader)
    {
        var features = EnabledFeatures.None;
        if (reader.AtEnd) throw new ImapSyntaxException("space expected");
        while (!reader.AtEnd)
        {
            reader.Space();
            var name = reader.Atom();
            foreach (var (known, feature) in Known)
                if (known.Equals(name, StringComparison.OrdinalIgnoreCase)) features |= feature;
        }
        return new Enable(features);
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        session.Writer.Raw("* ENABLED"u8);
        foreach (var (name, feature) in Known)
        {
            if (!Features.HasFlag(feature) || session.Enabled.HasFlag(feature)) continue;
            session.Writer.Space();
            session.Writer.Raw(name);
        }
        session.Writer.EndLine();
        session.Enable(Features);
        return ValueTask.CompletedTask;
    }
}
