using Facteur.Delivery.Filtering.Connections;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>A program outside that looks at a message. It reads the message by range; nothing holds it whole.</summary>
internal interface IMessageChecker
{
    /// <summary>For reasons and the log.</summary>
    string Name { get; }

    CheckerSettings Settings { get; }

    /// <summary>Adds what was found. Throws anything when it fails: the caller knows what that means.</summary>
    ValueTask CheckAsync(FilterInput input, HostFindings host, FilterScore score, CancellationToken cancel);
}

/// <summary>A checker answered what it must not, or could not be reached; the message is for the log.</summary>
internal sealed class CheckerException(string message) : Exception(message);
