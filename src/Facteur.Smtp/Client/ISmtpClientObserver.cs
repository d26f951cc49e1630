namespace Facteur.Smtp.Client;

/// <summary>Told of a session step by step, for people who look for a fault. Called in order, on the thread of the session.</summary>
public interface ISmtpClientObserver
{
    /// <summary>A line was written; credentials are replaced by "***".</summary>
    void Sent(SmtpStage stage, string line);

    /// <summary>A line of a reply came in, printable characters only.</summary>
    void Received(SmtpStage stage, string line);

    /// <summary>Something that is no line: connected, TLS is on and how it was verified, so many octets of content sent.</summary>
    void Note(SmtpStage stage, string text);

    /// <summary>A step is over.</summary>
    void Finished(SmtpStage stage, TimeSpan elapsed);
}
