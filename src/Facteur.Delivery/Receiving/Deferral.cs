using Facteur.Smtp;

namespace Facteur.Delivery.Receiving;

/// <summary>Whether a message waits before it is delivered (RFC 4865).</summary>
internal static class Deferral
{
    /// <summary>Until when; null: it goes at once.</summary>
    public static DateTimeOffset? Of(Envelope envelope, DateTimeOffset now) => envelope.Release is { } release && release.Until > now ? release.Until : null;
}
