namespace Facteur.Jmap;

/// <summary>DisposableAddress/changes: docs/jmap.md.</summary>
internal sealed class DisposableAddressChanges() : ListedChanges(DisposableAddressType.Instance);
