using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

/// <summary>What the builder writes, the parser reads as it was meant; and what the corpus holds can be searched.</summary>
public class RoundTripTests
{
    [Fact]
    public void The_facts_of_a_built_message_are_what_was_said()
    {
        var date = new DateTimeOffset(2026, 3, 5, 12, 0, 0, TimeSpan.FromHours(1));
        var message = new MessageBuilder { Subject = "Re: [équipe] Réunion 🎉", Date = date, MessageId = "<2@demo.test>", InReplyTo = ["<1@demo.test>"], References = ["<0@demo.test>", "<1@demo.test>"] }
            .From("moi@demo.test", "Éloïse \"Lo\" Bernard").To("ami@demo.test").Cc("x@example.org", "Doe, Jane")
            .Text("Bonjour à tous,\n\nà jeudi !\n").Html("<p>Bonjour</p>").Inline("logo@demo", "image/png", new byte[10], "logo.png")
            .Attach("Facture n° 2026 – été.pdf", "application/pdf", new byte[1000]);
        var octets = message.ToArray();
        var facts = Parse(octets);
        Assert.Equal(octets.Length, facts.Size);
        Assert.Equal("Re: [équipe] Réunion 🎉", facts.Subject);
        Assert.Equal("Réunion 🎉", facts.BaseSubject);
        Assert.Equal(date, facts.SentDate);
        Assert.Equal("<2@demo.test>", facts.MessageId);
        Assert.Equal(["<0@demo.test>", "<1@demo.test>"], facts.References);
        Assert.Equal("Bonjour à tous, à jeudi !", facts.Preview);
        Assert.True(facts.HasAttachment);
        var root = PartTable.Parse(facts.Parts.Span);
        Assert.Equal("mixed(alternative(plain related(html png)) pdf)", Shape(root));
        Assert.Equal("Facture n° 2026 – été.pdf", root.Children[1].FileName);
        Assert.Equal("eloise \"lo\" bernard", Encoding.UTF8.GetString(facts.FoldedHeaders.Span)[..19]);
    }

    [Fact]
    public void An_attached_message_keeps_every_octet()
    {
        var inner = new MessageBuilder { Subject = "inner", BoundarySeed = "i" }.From("a@b.test").Text("été\n").Attach("x", "application/x", new byte[3]).ToArray();
        var octets = new MessageBuilder().Text("see").Attach(MimeEntity.Message(inner, "inner.eml")).ToArray();
        var attached = PartTable.Parse(Parse(octets).Parts.Span).Children[1];
        Assert.True(attached.IsMessage);
        Assert.Equal(inner, octets.AsSpan((int)attached.BodyOffset, (int)attached.BodyLength));
    }

    [Fact]
    public async Task Every_message_of_the_corpus_can_be_folded()
    {
        var folder = Support.SharedMaterial.Require("corpus/mime");
        var words = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var octets = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var root = PartTable.Parse(Parse(octets).Parts.Span);
            var output = new ArrayBufferWriter<byte>();
            await FoldedText.WriteBodyAsync(new Source(octets), root, output, 100_000, TestContext.Current.CancellationToken);
            Assert.InRange(output.WrittenCount, 0, 100_000);
            var text = Encoding.UTF8.GetString(output.WrittenSpan);
            Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n' || c is >= 'A' and <= 'Z');
            words += text.Split(' ').Length;
        }
        Assert.True(words > 10_000, $"{words} words");
    }

    private static string Shape(MessagePart part) =>
        part.Children.Count == 0 ? part.Subtype : $"{part.Subtype}({string.Join(' ', part.Children.Select(Shape))})";

    private static MessageFacts Parse(byte[] octets)
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(octets);
        return parser.Complete();
    }

    private sealed class Source(byte[] octets) : IMessageSource
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            var count = (int)Math.Min(buffer.Length, octets.Length - offset);
            octets.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }
}
