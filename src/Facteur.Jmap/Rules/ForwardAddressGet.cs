namespace Facteur.Jmap;

/// <summary>ForwardAddress/get (docs/jmap.md).</summary>
internal sealed class ForwardAddressGet() : ListedGet(ForwardAddressType.Instance);
