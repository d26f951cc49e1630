namespace Facteur.Jmap;

/// <summary>BlockedSender/get (docs/jmap.md).</summary>
internal sealed class BlockedSenderGet() : ListedGet(BlockedSenderType.Instance);
