using Facteur.Mail;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>A message that a delivery can place: one on its way in, or one that is in the store already.</summary>
internal abstract class EmbeddedMessage : MessageIntake
{
    /// <summary>Id of the body, once completed.</summary>
    public abstract long Blob { get; }

    /// <summary>Set once completed.</summary>
    public abstract MessageFacts? Facts { get; }

    /// <summary>Takes the message for a delivery; a message is delivered once.</summary>
    public abstract void Claim();

    /// <summary>The commit refers to the body.</summary>
    public abstract void Delivered();
}
