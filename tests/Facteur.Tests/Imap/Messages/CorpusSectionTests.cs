using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap.Messages;

/// <summary>Every section of the messages of the corpus is the slice of the message that the parser measured.</summary>
public class CorpusSectionTests
{
    [Fact]
    public async Task Sections_are_slices_of_the_message()
    {
        var folder = SharedMaterial.Require("corpus/mime");
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length is > 0 and < 256 * 1024).Order(StringComparer.Ordinal).Take(150).ToList();
        await using var mail = await MessagesFixture.CreateAsync();
        var script = new StringBuilder();
        for (var i = 0; i < files.Count; i++)
        {
            var octets = await File.ReadAllBytesAsync(files[i], TestContext.Current.CancellationToken);
            octets.AsSpan().Replace((byte)0, (byte)'0'); // NUL is changed on the way out
            await mail.AddAsync(octets);
            var parser = new MimeParser(MimeLimits.Default);
            parser.Write(octets);
            Expect(script, i + 1, octets, PartTable.Parse(parser.Complete().Parts.Span));
        }
        await mail.RunAsync(script.ToString());
    }

    private static void Expect(StringBuilder script, int number, byte[] octets, MessagePart root)
    {
        var sections = new List<(string Name, byte[] Octets)>
        {
            ("", octets),
            ("HEADER", Slice(octets, root.HeaderOffset, root.HeaderLength)),
            ("TEXT", Slice(octets, root.BodyOffset, root.BodyLength)),
        };
        if (root.IsMultipart && root.Children.Count > 0) Children(root, "");
        else Part(root, "1");
        var tag = "m" + number.ToString(CultureInfo.InvariantCulture);
        script.Append(CultureInfo.InvariantCulture, $"C: {tag} FETCH {number} ({string.Join(' ', sections.Select(s => $"BODY.PEEK[{s.Name}]"))})\nS\\: * {number} FETCH (");
        for (var i = 0; i < sections.Count; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : " ")}BODY[{sections[i].Name}] {{{sections[i].Octets.Length}}}\\r\\n");
            foreach (var octet in sections[i].Octets) script.Append(CultureInfo.InvariantCulture, $"\\x{octet:X2}");
        }
        script.Append(CultureInfo.InvariantCulture, $")\\r\\n\nS: {tag} OK done\n");

        void Part(MessagePart part, string name)
        {
            if (sections.Count > 40) return;
            sections.Add((name, Slice(octets, part.BodyOffset, part.BodyLength)));
            sections.Add((name + ".MIME", Slice(octets, part.HeaderOffset, part.HeaderLength)));
            if (part.IsMessage)
            {
                var inner = part.Children[0];
                sections.Add((name + ".HEADER", Slice(octets, inner.HeaderOffset, inner.HeaderLength)));
                if (inner.IsMultipart && inner.Children.Count > 0) Children(inner, name + ".");
                else Part(inner, name + ".1");
            }
            else if (part.IsMultipart) Children(part, name + ".");
        }

        void Children(MessagePart part, string prefix)
        {
            for (var i = 0; i < part.Children.Count; i++) Part(part.Children[i], prefix + (i + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static byte[] Slice(byte[] octets, long offset, long length) => octets[(int)offset..(int)(offset + length)];
}
