namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>How octets are prepared before they are hashed (RFC 6376 §3.4).</summary>
internal enum Canonicalization : byte { Simple, Relaxed }
