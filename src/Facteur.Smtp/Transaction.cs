using Facteur.Smtp.Wire;

namespace Facteur.Smtp;

/// <summary>A mail transaction as the session holds it, from MAIL to the verdict or RSET.</summary>
internal sealed class Transaction(Envelope envelope, IMailTransaction handoff) : IAsyncDisposable
{
    public Envelope Envelope { get; } = envelope;
    public IMailTransaction Handoff { get; } = handoff;

    /// <summary>RCPT commands so far, refused ones too.</summary>
    public int RecipientCommands { get; set; }

    /// <summary>State of the content between two BDAT.</summary>
    public MessageContent? Content { get; set; }

    public ValueTask DisposeAsync() => Handoff.DisposeAsync();
}

/// <summary>The content of a message while it comes in.</summary>
internal sealed class MessageContent(DataReader reader, long maxOctets)
{
    public DataReader Reader = reader;

    /// <summary>Octets of content, stuffed dots not counted.</summary>
    public long Octets { get; private set; }

    /// <summary>The handoff knows its verdict and wants no more.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>What broke while a piece was handed on.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>More than SIZE allows (RFC 1870 §6.3).</summary>
    public bool IsTooLarge => Octets > maxOctets;

    /// <summary>So far beyond SIZE that reading on serves nobody: the connection ends.</summary>
    public bool IsFarTooLarge => Octets / 2 > maxOctets;

    /// <summary>Why the session refuses this content, whatever the handoff thinks of it; null when it does not.</summary>
    public SmtpReply? Refusal =>
        Fault is not null ? Replies.ServerFault
        : IsTooLarge ? Replies.MessageTooLarge
        : Reader.Defects == DataDefects.None ? null
        : Reader.Defects.HasFlag(DataDefects.Nul) ? Replies.NulOctet
        : Replies.BareNewline;

    /// <summary>Hands a piece on, unless the message is refused already: then it is only counted.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> octets, IMailTransaction handoff, CancellationToken cancel)
    {
        Octets += octets.Length;
        if (IsSettled || Refusal is not null) return;
        try
        {
            if (!await handoff.WriteAsync(octets, cancel)) IsSettled = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever broke, the rest of the content is still content: it is read to its end and answered there.
            Fault = e;
        }
    }
}
