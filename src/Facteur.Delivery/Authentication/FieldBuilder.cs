using System.Buffers;
using System.Text;

namespace Facteur.Delivery.Authentication;

/// <summary>Writes one header field, folded so that lines keep to 78 octets where words allow it (RFC 5322 §2.1.1, §2.2.3).</summary>
internal sealed class FieldBuilder
{
    private const int MaxColumns = 78;

    private readonly StringBuilder text = new(400);
    private readonly int nameLength;
    private int column;

    public FieldBuilder(string name)
    {
        text.Append(name).Append(':');
        nameLength = name.Length;
        column = text.Length;
    }

    public string Name => text.ToString(0, nameLength);

    /// <summary>What stands after the colon.</summary>
    public byte[] Body => Encoding.UTF8.GetBytes(text.ToString(nameLength + 1, text.Length - nameLength - 1));

    /// <summary>A word, after a blank or on the next line.</summary>
    public FieldBuilder Word(string word)
    {
        if (column + 1 + word.Length > MaxColumns && column > 1) return Line(word);
        text.Append(' ');
        column++;
        return Append(word);
    }

    /// <summary>A word at the beginning of a line.</summary>
    public FieldBuilder Line(string word)
    {
        text.Append("\r\n\t");
        column = 1;
        return Append(word);
    }

    /// <summary>What belongs to the word before, where a fold may come between.</summary>
    public FieldBuilder Piece(string piece) => column + piece.Length > MaxColumns && column > 1 ? Line(piece) : Append(piece);

    /// <summary>Text that may be cut anywhere.</summary>
    public FieldBuilder Chunks(string chunks)
    {
        var at = 0;
        while (at < chunks.Length)
        {
            if (column >= MaxColumns) Line("");
            var length = Math.Min(chunks.Length - at, MaxColumns - column);
            Append(chunks.Substring(at, length));
            at += length;
        }
        return this;
    }

    /// <summary>Words that are separated by blanks, from the beginning of a line.</summary>
    public FieldBuilder Lines(string words)
    {
        var isFirst = true;
        foreach (var range in words.AsSpan().Split(' '))
        {
            if (isFirst) Line(words[range]);
            else if (!words.AsSpan(range).IsEmpty) Word(words[range]);
            isFirst = false;
        }
        return this;
    }

    public FieldBuilder Append(string piece)
    {
        text.Append(piece);
        column += piece.Length;
        return this;
    }

    /// <summary>The whole field with its last CRLF.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        output.Write("\r\n"u8);
    }
}
