namespace Facteur.Smtp;

/// <summary>Which of the three services that share the wire a listener gives.</summary>
public enum SmtpMode
{
    /// <summary>Port 25: mail from other hosts to recipients of ours (RFC 5321). Never AUTH.</summary>
    Mx,
    /// <summary>Ports 587, 2525 (STARTTLS) and 465 (TLS from the start): mail from our users (RFC 6409, RFC 8314).</summary>
    Submission,
    /// <summary>Mail from a trusted local agent, one answer for each recipient (RFC 2033).</summary>
    Lmtp,
}
