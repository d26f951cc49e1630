using System.Text.Json;
using Facteur.Delivery.Receiving;

namespace Facteur.Jmap;

/// <summary>Why a message is not sent, in the words of RFC 8621 §7.5.</summary>
internal static class SubmissionErrors
{
    /// <summary>What can be said of an envelope by itself.</summary>
    public static void Check(SubmissionEnvelope envelope, JmapLimits limits, DateTimeOffset now)
    {
        if (envelope.Release is { } release && release.Until > now + limits.MaxDelayedSend)
            throw new JmapSetException(JmapSetError.Invalid("envelope", "that is further ahead than maxDelayedSend")); // RFC 4865 §4.2
        if (envelope.Invalid.Count > 0) throw new JmapSetException(InvalidRecipients("some recipients are no addresses", envelope.Invalid));
        if (envelope.Recipients.Count == 0) throw new JmapSetException(new JmapSetError("noRecipients", "the message is for nobody"));
        if (envelope.Recipients.Count > limits.MaxRecipients)
            throw new JmapSetException(new JmapSetError("tooManyRecipients", $"a message has at most {limits.MaxRecipients} recipients")
            {
                More = writer => writer.WriteNumber("maxRecipients"u8, limits.MaxRecipients),
            });
    }

    public static JmapSetError TooLarge(JmapLimits limits) => new("tooLarge", "the message is larger than may be sent")
    {
        More = writer => writer.WriteNumber("maxSize"u8, limits.MaxSizeSubmission),
    };

    public static JmapSetError Of(NotSubmitted refused) => refused.Fault switch
    {
        SubmissionFault.InvalidMessage => new("invalidEmail", refused.Why, ["from"]),
        SubmissionFault.ForbiddenMailFrom => new("forbiddenMailFrom", refused.Why),
        SubmissionFault.ForbiddenFrom => new("forbiddenFrom", refused.Why),
        SubmissionFault.InvalidRecipients => InvalidRecipients(refused.Why, refused.Addresses),
        SubmissionFault.RateLimit => new("rateLimit", refused.Why), // RFC 8620 §5.3
        // Nothing of the email's properties is wrong: what it holds is not sent from here.
        SubmissionFault.Unwanted => new("invalidEmail", refused.Why, []),
        _ => new("forbiddenToSend", refused.Why),
    };

    private static JmapSetError InvalidRecipients(string why, IReadOnlyList<string> addresses) => new("invalidRecipients", why)
    {
        More = writer => WriteAddresses(writer, addresses),
    };

    private static void WriteAddresses(Utf8JsonWriter writer, IReadOnlyList<string> addresses)
    {
        writer.WriteStartArray("invalidRecipients"u8);
        foreach (var address in addresses) writer.WriteStringValue(address);
        writer.WriteEndArray();
    }
}
