using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>One command as it was understood; a file for each.</summary>
internal abstract record SmtpCommand
{
    /// <summary>Does it and answers. Commands that converse (DATA, BDAT, AUTH, STARTTLS) write what comes before their last answer themselves.</summary>
    /// <returns>The answer, or null when it is written already.</returns>
    public abstract ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel);
}
