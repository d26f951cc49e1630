using Facteur.Mail;
using System.Globalization;

namespace Facteur.Smtp.Wire;

/// <summary>Parameters of MAIL, read (RFC 1870 §4, RFC 6152 §3, RFC 6531 §3.4, RFC 3461 §4.3 and §4.4, RFC 4954 §5, RFC 4865 §3, RFC 8689 §2).</summary>
internal sealed record MailParameters
{
    public static readonly MailParameters None = new();

    public long? Size { get; private init; }
    public BodyType Body { get; private init; }
    public bool SmtpUtf8 { get; private init; }
    public DsnReturn Return { get; private init; }
    public string? EnvelopeId { get; private init; }

    /// <summary>HOLDFOR or HOLDUNTIL, or null.</summary>
    public FutureRelease? Release { get; private init; }
    public bool RequireTls { get; private init; }

    public static MailParameters Parse(ref SmtpReader reader)
    {
        var parameters = None;
        var seen = new HashSet<string>(0);
        while (reader.Parameter(out var keyword, out var value))
        {
            if (!seen.Add(keyword)) throw Replies.Syntax($"{keyword} is given twice");
            parameters = keyword switch
            {
                "SIZE" => parameters with { Size = ReadSize(value) },
                "BODY" => parameters with { Body = ReadBody(value) },
                "SMTPUTF8" => value is null ? parameters with { SmtpUtf8 = true } : throw Replies.Syntax("SMTPUTF8 takes no value"),
                "RET" => parameters with { Return = DsnParameters.ReadReturn(value, out var part) ? part : throw Replies.Syntax("RET takes FULL or HDRS") },
                "ENVID" => parameters with { EnvelopeId = ReadEnvelopeId(value) },
                "AUTH" => ReadAuth(value, parameters),
                "HOLDFOR" or "HOLDUNTIL" when parameters.Release is not null => throw Replies.Syntax("one of HOLDFOR and HOLDUNTIL is enough"), // RFC 4865 §4.2
                "HOLDFOR" => parameters with { Release = FutureRelease.ReadInterval(value) ?? throw Replies.Syntax("HOLDFOR takes 1 to 999999999 seconds") },
                "HOLDUNTIL" => parameters with { Release = FutureRelease.ReadDate(value) ?? throw Replies.Syntax("HOLDUNTIL takes a time such as 2026-01-31T08:00:00Z") },
                "REQUIRETLS" => value is null ? parameters with { RequireTls = true } : throw Replies.Syntax("REQUIRETLS takes no value"),
                // RFC 5321 §4.1.1.11
                _ => throw new SmtpSyntaxException(SmtpReply.Of(555, "5.5.4", $"parameter {keyword} is not known here")),
            };
        }
        return parameters;
    }

    private static long ReadSize(string? value) =>
        value is { Length: <= 20 } && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : value is { Length: > 0 and <= 20 } && value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
                ? long.MaxValue // RFC 1870 §5 allows 20 digits: more than a long, and more than any limit
                : throw Replies.Syntax("SIZE takes a number of octets");

    private static BodyType ReadBody(string? value) => value?.ToUpperInvariant() switch
    {
        "7BIT" => BodyType.SevenBit,
        "8BITMIME" => BodyType.EightBitMime,
        // BINARYMIME is not offered (RFC 3030 §3): a stored message must have lines that DATA, POP3 and IMAP can send on.
        _ => throw Replies.Syntax("BODY takes 7BIT or 8BITMIME"),
    };

    private static string ReadEnvelopeId(string? value) =>
        value is { Length: > 0 and <= DsnParameters.MaxEnvelopeId } && Xtext.Decode(value) is { } id ? id : throw Replies.Syntax("ENVID takes xtext of at most 100 characters");

    // Whom another server says it authenticated: read for its form, believed from nobody (RFC 4954 §5).
    private static MailParameters ReadAuth(string? value, MailParameters parameters) =>
        value is { Length: > 0 and <= 500 } && Xtext.Decode(value) is not null ? parameters : throw Replies.Syntax("AUTH takes xtext or <>");
}
