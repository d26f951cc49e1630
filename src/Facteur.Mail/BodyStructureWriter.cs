namespace Facteur.Mail;

/// <summary>BODYSTRUCTURE with extension data (RFC 9051 §7.5.2). It does not call itself, however deep the parts nest.</summary>
internal static class BodyStructureWriter
{
    /// <summary>Writes the structure of <paramref name="parts"/>, which stand parent before child.</summary>
    internal static void Write(List<PartNode> parts, OctetBuffer texts, OctetBuffer output)
    {
        Stack<(PartNode Part, int Left)>? open = null;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            output.Append((byte)'(');
            if (!part.IsMultipart) Head(part, part.IsMessage ? parts[i + 1] : null, texts, output);
            if (part.Children > 0)
            {
                (open ??= new()).Push((part, part.Children));
                continue;
            }
            Tail(part, texts, output);
            while (open is not null && open.TryPop(out var parent))
            {
                if (parent.Left > 1)
                {
                    open.Push(parent with { Left = parent.Left - 1 });
                    break;
                }
                Tail(parent.Part, texts, output);
            }
        }
    }

    private static void Head(PartNode part, PartNode? message, OctetBuffer texts, OctetBuffer output)
    {
        output.Append(texts.Slice(part.Fields));
        output.Append((byte)' ');
        output.Append(part.BodyLength);
        if (message is not null)
        {
            output.Append((byte)' ');
            output.Append(texts.Slice(message.Envelope));
            output.Append((byte)' ');
        }
        else if (part.Type == "text")
        {
            output.Append((byte)' ');
            output.Append(part.Lines);
        }
    }

    private static void Tail(PartNode part, OctetBuffer texts, OctetBuffer output)
    {
        if (part.IsMultipart)
        {
            output.Append((byte)' ');
            output.Append(texts.Slice(part.Fields));
        }
        else if (part.IsMessage)
        {
            output.Append((byte)' ');
            output.Append(part.Lines);
        }
        output.Append(texts.Slice(part.Extension));
        output.Append((byte)')');
    }
}
