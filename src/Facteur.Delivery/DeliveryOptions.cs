using System.ComponentModel.DataAnnotations;

namespace Facteur.Delivery;

/// <summary>What happens to messages on their way into mailboxes.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Our name in the Received field.</summary>
    [Required]
    public string HostName { get; init; } = "localhost";

    /// <summary>Received fields above which a message is in a loop. 100: RFC 5321 §6.3 asks for a large number, at least 100.</summary>
    [Range(100, 1_000)]
    public int MaxReceivedFields { get; init; } = 100;
}
