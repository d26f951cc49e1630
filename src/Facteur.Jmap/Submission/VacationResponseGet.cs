namespace Facteur.Jmap;

/// <summary>VacationResponse/get (RFC 8621 §8.1).</summary>
internal sealed class VacationResponseGet() : ListedGet(VacationResponseType.Instance);
