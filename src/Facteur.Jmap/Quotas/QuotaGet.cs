namespace Facteur.Jmap;

/// <summary>Quota/get (RFC 9425 §4.2).</summary>
internal sealed class QuotaGet() : ListedGet(QuotaType.Instance);
