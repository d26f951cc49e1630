using System.Text;

namespace Facteur.Accounts;

/// <summary>Tables as text, quoted with '"', with "," or ";" between fields, whichever the first line has more of: spreadsheets in French write ";".</summary>
internal sealed class Csv(TextReader input)
{
    /// <summary>Characters of one record; a quote that is never closed must not take the rest of the file.</summary>
    private const int MaxRecord = 64 * 1024;

    private char separator = ',';
    private int line;

    /// <summary>Line on which the record read last begins.</summary>
    public int Line { get; private set; }

    /// <summary>The first record, which says what is between fields; null when there is none.</summary>
    public async ValueTask<List<string>?> ReadHeadAsync(CancellationToken cancel)
    {
        if (await LineAsync(cancel) is not { } head) return null;
        Line = line;
        separator = head.Count(c => c == ';') > head.Count(c => c == ',') ? ';' : ',';
        return await FieldsAsync(head.TrimStart('\uFEFF'), cancel);
    }

    /// <summary>The next record, empty lines passed over; null at the end.</summary>
    /// <exception cref="FormatException">The record cannot be read; the one after it can.</exception>
    public async ValueTask<List<string>?> ReadAsync(CancellationToken cancel)
    {
        while (await LineAsync(cancel) is { } text)
        {
            Line = line;
            if (text.Length > 0) return await FieldsAsync(text, cancel);
        }
        return null;
    }

    /// <summary>A field as it stands in a table. A tabulator, which readers drop, keeps a spreadsheet from computing what begins like a formula.</summary>
    public static string Quote(string? field)
    {
        var text = field ?? "";
        if (text.Length > 0 && "=+-@".Contains(text[0])) text = '\t' + text;
        return text.AsSpan().IndexOfAny(",;\"\r\n") >= 0 || text.StartsWith(' ') || text.EndsWith(' ') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private async ValueTask<string?> LineAsync(CancellationToken cancel)
    {
        var text = await input.ReadLineAsync(cancel);
        if (text is not null) line++;
        return text;
    }

    private async ValueTask<List<string>> FieldsAsync(string text, CancellationToken cancel)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var length = text.Length;
        for (var i = 0; ; i++)
        {
            if (i == text.Length)
            {
                if (!quoted) break;
                if (length > MaxRecord) throw NotClosed();
                text = await LineAsync(cancel) ?? throw NotClosed();
                length += text.Length + 1;
                field.Append('\n');
                i = -1;
            }
            else if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else if (text[i] == '"' && (quoted || field.Length == 0)) quoted = !quoted;
            else if (!quoted && text[i] == separator)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(text[i]);
        }
        fields.Add(field.ToString());
        return fields;
    }

    private FormatException NotClosed() => new($"A quote is not closed; the lines up to {line} were taken for it.");
}
