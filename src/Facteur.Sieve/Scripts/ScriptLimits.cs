namespace Facteur.Sieve.Scripts;

/// <summary>What one account may keep (RFC 5804 §1.5).</summary>
public sealed record ScriptLimits
{
    public static readonly ScriptLimits Default = new();

    /// <summary>Scripts of an account. People have a handful; programs that keep old versions stay under it.</summary>
    public int MaxScripts { get; init; } = 64;

    /// <summary>Octets of one script. Hand-written ones stay under 50 KiB; the rest is for long lists of addresses.</summary>
    public int MaxScriptOctets { get; init; } = 256 * 1024;

    /// <summary>Octets of all scripts of an account.</summary>
    public int MaxTotalOctets { get; init; } = 1024 * 1024;
}
