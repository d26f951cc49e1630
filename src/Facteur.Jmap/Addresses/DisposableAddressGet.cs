namespace Facteur.Jmap;

/// <summary>DisposableAddress/get: docs/jmap.md.</summary>
internal sealed class DisposableAddressGet() : ListedGet(DisposableAddressType.Instance);
