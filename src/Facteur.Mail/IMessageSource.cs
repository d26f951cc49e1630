namespace Facteur.Mail;

/// <summary>The bytes of one message wherever they lie; read by range, never whole.</summary>
public interface IMessageSource
{
    /// <summary>Length in octets.</summary>
    long Length { get; }

    /// <summary>Reads up to <c>buffer.Length</c> octets from <paramref name="offset"/>; 0 only at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel);
}
