namespace Facteur.Net.Dialing;

/// <summary>A connection that HTTP code asked for could not be made: carries the dialer's answer through the HTTP stack.</summary>
public sealed class DialFailedException(DialResult result) : IOException(result.Sentence)
{
    public DialResult Result { get; } = result;
}
