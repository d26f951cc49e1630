using Facteur.Mail;

namespace Facteur.Smtp.Wire;

/// <summary>Parameters of RCPT, read (RFC 3461 §4.1, §4.2).</summary>
internal sealed record RecipientParameters(DsnNotify Notify, OriginalRecipient? Original)
{
    private const int MaxOriginalRecipient = 500; // RFC 3461 §4.2

    public static readonly RecipientParameters None = new(DsnNotify.Unstated, null);

    public static RecipientParameters Parse(ref SmtpReader reader)
    {
        var parameters = None;
        while (reader.Parameter(out var keyword, out var value))
        {
            parameters = keyword switch
            {
                "NOTIFY" when parameters.Notify == DsnNotify.Unstated => parameters with { Notify = DsnParameters.ReadNotify(value, out var notify) ? notify : throw Replies.Syntax("NOTIFY takes NEVER alone, or a list of SUCCESS, FAILURE, DELAY") },
                "ORCPT" when parameters.Original is null => parameters with { Original = ReadOriginal(value) },
                "NOTIFY" or "ORCPT" => throw Replies.Syntax($"{keyword} is given twice"),
                _ => throw new SmtpSyntaxException(SmtpReply.Of(555, "5.5.4", $"parameter {keyword} is not known here")),
            };
        }
        return parameters;
    }

    private static OriginalRecipient ReadOriginal(string? value)
    {
        var semicolon = value?.IndexOf(';') ?? -1;
        if (value is not { Length: <= MaxOriginalRecipient } || semicolon <= 0 || Xtext.Decode(value.AsSpan(semicolon + 1)) is not { Length: > 0 } address)
            throw Replies.Syntax("ORCPT takes an address type, a semicolon and xtext");
        return new OriginalRecipient(value[..semicolon], address);
    }
}
