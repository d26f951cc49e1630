using Facteur.Mail;

namespace Facteur.Smtp.Wire;

/// <summary>Values of the parameters of RFC 3461, as MAIL, RCPT and envelopes of JMAP have them.</summary>
public static class DsnParameters
{
    /// <summary>Longest ENVID, in characters of xtext (RFC 3461 §4.4).</summary>
    public const int MaxEnvelopeId = 100;

    /// <summary>NOTIFY (RFC 3461 §4.1): NEVER alone, or a list of SUCCESS, FAILURE, DELAY.</summary>
    public static bool ReadNotify(string? value, out DsnNotify notify)
    {
        notify = DsnNotify.Unstated;
        foreach (var word in (value ?? "").Split(',', 5))
        {
            var one = word.ToUpperInvariant() switch
            {
                "NEVER" => DsnNotify.Never,
                "SUCCESS" => DsnNotify.Success,
                "FAILURE" => DsnNotify.Failure,
                "DELAY" => DsnNotify.Delay,
                _ => DsnNotify.Unstated,
            };
            if (one == DsnNotify.Unstated) return false;
            notify |= one;
        }
        return !notify.HasFlag(DsnNotify.Never) || notify == DsnNotify.Never;
    }

    /// <summary>RET (RFC 3461 §4.3): FULL or HDRS.</summary>
    public static bool ReadReturn(string? value, out DsnReturn part)
    {
        part = value?.ToUpperInvariant() switch
        {
            "FULL" => DsnReturn.Full,
            "HDRS" => DsnReturn.Headers,
            _ => DsnReturn.Unstated,
        };
        return part != DsnReturn.Unstated;
    }
}
