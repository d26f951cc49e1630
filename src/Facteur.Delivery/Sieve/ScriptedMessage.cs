using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>A message after the scripts of all its accounts ran: what is left of its recipients, where else it leads, and the copies that scripts changed.</summary>
internal sealed class ScriptedMessage(List<RoutedRecipient> recipients) : IAsyncDisposable
{
    /// <summary>Recipients with what scripts lead to, and without those that refused it.</summary>
    public List<RoutedRecipient> Recipients { get; set; } = recipients;

    public Dictionary<AccountId, ScriptDecision> Decisions { get; } = [];

    public List<EditedCopy> Copies { get; } = [];

    /// <summary>The answer to who sent it, when nobody takes it.</summary>
    public SmtpRefusal? Refusal { get; set; }

    /// <summary>Answers for single recipients, where the protocol has one for each.</summary>
    public Dictionary<RoutedRecipient, SmtpRefusal> Refusals { get; } = new(ReferenceEqualityComparer.Instance);

    public async ValueTask DisposeAsync()
    {
        foreach (var copy in Copies) await copy.Message.DisposeAsync();
    }
}

/// <summary>A changed message on its way into the store, beside the one it was made of.</summary>
/// <param name="ReturnPathOctets">At its start, not to be sent on.</param>
internal sealed record EditedCopy(MessageIntake Message, int ReturnPathOctets)
{
    public List<DeliveryTarget> Targets { get; } = [];

    /// <summary>Addresses elsewhere that it is sent on to.</summary>
    public List<RoutedRecipient> Recipients { get; } = [];

    public List<TraceEvent> Rows { get; } = [];
}
