namespace Facteur.Jmap;

/// <summary>SieveScript/get (RFC 9661 §2.2).</summary>
internal sealed class SieveScriptGet() : ListedGet(SieveScriptType.Instance);
