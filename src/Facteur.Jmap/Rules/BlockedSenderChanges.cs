namespace Facteur.Jmap;

/// <summary>BlockedSender/changes (docs/jmap.md).</summary>
internal sealed class BlockedSenderChanges() : ListedChanges(BlockedSenderType.Instance);
