using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Imap.Messages;
using Facteur.Mail;
using Facteur.Tests.Support;

namespace Facteur.Tests.Mail.Structure;

/// <summary>The ENVELOPE and BODY that the imaptest scripts expect of their messages.</summary>
public class ImapTestScripts
{
    [Fact]
    public void Envelopes_are_as_expected()
    {
        var messages = Messages("fetch-envelope.mbox");
        var expected = Expected("fetch-envelope", "ENVELOPE");
        Assert.Equal(expected, messages.Select(message => Parsed.Of(message).Envelope));
    }

    [Fact]
    public void Body_structures_are_as_expected()
    {
        var messages = Messages("fetch-bodystructure.mbox");
        var expected = Expected("fetch-bodystructure", "BODY").Select(body => body.ToUpperInvariant());
        Assert.Equal(expected, messages.Select(message => BodyOf(Parsed.Of(message)).ToUpperInvariant()));
    }

    internal static string BodyOf(Parsed parsed)
    {
        var output = new ArrayBufferWriter<byte>();
        BodyStructureForm.Write(parsed.Facts.BodyStructure.Span, output, extensions: false, globalIsMessage: true);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }

    private static List<byte[]> Messages(string file)
    {
        var mbox = File.ReadAllText(SharedMaterial.Require($"conformance/imaptest/{file}"), Encoding.Latin1);
        return [.. mbox.Split("From user@domain  ", StringSplitOptions.RemoveEmptyEntries)
            .Select(message => CorpusTests.Dos(Encoding.Latin1.GetBytes(message[(message.IndexOf('\n', StringComparison.Ordinal) + 1)..])))];
    }

    private static IEnumerable<string> Expected(string script, string item) =>
        Regex.Matches(File.ReadAllText(SharedMaterial.Require($"conformance/imaptest/{script}")), $@"^\* \d+ FETCH \({item} (.*)\)\r?$", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value);
}
