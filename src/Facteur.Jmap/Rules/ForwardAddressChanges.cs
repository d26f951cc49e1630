namespace Facteur.Jmap;

/// <summary>ForwardAddress/changes (docs/jmap.md).</summary>
internal sealed class ForwardAddressChanges() : ListedChanges(ForwardAddressType.Instance);
