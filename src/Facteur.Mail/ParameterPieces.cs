using System.Globalization;
using System.Text;

namespace Facteur.Mail;

/// <summary>Pieces of parameters marked with asterisks, until they are joined (RFC 2231 §3, §4).</summary>
internal sealed class ParameterPieces
{
    private readonly List<Piece> pieces = [];
    private readonly Dictionary<string, int> order = [];

    /// <param name="name">The name with its marks: "title*", "title*0", "title*1*".</param>
    /// <param name="star">Where the first asterisk stands.</param>
    public void Add(ReadOnlySpan<byte> name, int star, string text)
    {
        var marks = name[(star + 1)..];
        var extended = marks.IsEmpty || marks[^1] == (byte)'*';
        if (!marks.IsEmpty && extended) marks = marks[..^1];
        var section = 0;
        if (!marks.IsEmpty && !int.TryParse(marks, NumberStyles.None, CultureInfo.InvariantCulture, out section)) return;
        var known = MimeToken.Lower(name[..star]);
        if (known.Length == 0) return;
        if (!order.TryGetValue(known, out var group)) order.Add(known, group = order.Count);
        pieces.Add(new Piece(known, group, section, pieces.Count, extended, text));
    }

    public void JoinInto(List<MimeParameter> parameters, int max)
    {
        // The sections may stand in any order in the field.
        pieces.Sort(static (a, b) => (a.Group, a.Section, a.Place).CompareTo((b.Group, b.Section, b.Place)));
        for (int start = 0, end; start < pieces.Count && parameters.Count < max; start = end)
        {
            for (end = start + 1; end < pieces.Count && pieces[end].Group == pieces[start].Group; end++) { }
            parameters.Add(Join(start, end));
        }
    }

    private MimeParameter Join(int start, int end)
    {
        var extended = false;
        for (var i = start; i < end; i++) extended |= pieces[i].IsExtended;
        var text = new StringBuilder();
        // Sections of the joined value are percent-encoded throughout; a value without charset and language gets empty ones (§4.1).
        if (extended && !(pieces[start].IsExtended && pieces[start].Text.Count(c => c == '\'') >= 2)) text.Append("''");
        for (var i = start; i < end; i++)
        {
            if (!extended || pieces[i].IsExtended) text.Append(pieces[i].Text);
            else PercentEncode(pieces[i].Text, text);
        }
        return new MimeParameter(pieces[start].Name, text.ToString(), extended);
    }

    private static void PercentEncode(string octets, StringBuilder text)
    {
        foreach (var octet in octets)
        {
            if (char.IsAsciiLetterOrDigit(octet) || octet is '.' or '-' or '_') text.Append(octet);
            else text.Append(CultureInfo.InvariantCulture, $"%{(int)octet:X2}");
        }
    }

    private readonly record struct Piece(string Name, int Group, int Section, int Place, bool IsExtended, string Text);
}
