namespace Facteur.Smtp.Wire;

/// <summary>The client wrote what the grammar does not allow; <see cref="Reply"/> says what.</summary>
internal sealed class SmtpSyntaxException(SmtpReply reply) : Exception(reply.FirstLine)
{
    public SmtpReply Reply { get; } = reply;
}
