namespace Facteur.Sieve;

/// <summary>What one script may cost, to compile and to run (S-12, S-14). RFC 5228 §2.10.7 sets lower bounds for some.</summary>
public sealed record SieveLimits
{
    public static readonly SieveLimits Default = new();

    /// <summary>Octets of a script. Filters with thousands of rules stay under it.</summary>
    public int MaxScriptOctets { get; init; } = 1024 * 1024;

    /// <summary>Blocks within blocks, and tests within tests. RFC 5228 §2.10.7: at least 15 of each.</summary>
    public int MaxNesting { get; init; } = 32;

    /// <summary>Commands and tests of a script.</summary>
    public int MaxNodes { get; init; } = 50_000;

    /// <summary>Errors told at once; who has more reads the first ones first.</summary>
    public int MaxErrors { get; init; } = 20;

    /// <summary>Variables of a script with a value. RFC 5229 §6: at least 128.</summary>
    public int MaxVariables { get; init; } = 512;

    /// <summary>Characters of a variable; longer values are cut (RFC 5229 §6: at least 4000).</summary>
    public int MaxVariableCharacters { get; init; } = 16 * 1024;

    /// <summary>Characters of a string once its variables are expanded; the rest is cut.</summary>
    public int MaxStringCharacters { get; init; } = 1024 * 1024;

    /// <summary>
    /// Work of one run; a script that needs more ends with an error. Measured (bench "sieve", two cores): a unit is 4 to 16 ns, so that a run ends
    /// after 0.04 to 0.16 s, whatever it is made of. A hundred rules on a letter take 20,000 units, 0.15 ms: scripts people write stay 500 times under it.
    /// </summary>
    public long MaxWork { get; init; } = 10_000_000;

    /// <summary>Actions that one message may lead to (RFC 5228 §2.10.4).</summary>
    public int MaxActions { get; init; } = 64;

    /// <summary>Addresses one message is redirected to (RFC 5228 §10).</summary>
    public int MaxRedirects { get; init; } = 10;

    /// <summary>Notifications one message leads to (RFC 5435 §8).</summary>
    public int MaxNotifications { get; init; } = 10;

    /// <summary>Scripts within each other (RFC 6609 §3.1: at least three).</summary>
    public int MaxIncludeDepth { get; init; } = 10;

    /// <summary>Include commands that one run follows.</summary>
    public int MaxIncludes { get; init; } = 100;

    /// <summary>Octets of a message header, or of a part's, that tests look at.</summary>
    public int MaxHeaderOctets { get; init; } = 256 * 1024;

    /// <summary>Addresses read of one field.</summary>
    public int MaxAddresses { get; init; } = 1_000;

    /// <summary>Octets of all parts of a body that tests look at, decoded.</summary>
    public int MaxBodyOctets { get; init; } = 4 * 1024 * 1024;

    /// <summary>Changes of a body: replaced parts and enclosures (RFC 5703 §5, §6).</summary>
    public int MaxBodyChanges { get; init; } = 20;

    /// <summary>Fields added by editheader (RFC 5293 §4).</summary>
    public int MaxAddedFields { get; init; } = 100;

    /// <summary>Characters of a regular expression, and the states it comes to when its repetitions are written out.</summary>
    public int MaxRegexCharacters { get; init; } = 1024;

    public int MaxRegexStates { get; init; } = 1_000;

    /// <summary>Regular expressions of one script: each takes one to three milliseconds to make ready, when the script is compiled.</summary>
    public int MaxRegexes { get; init; } = 100;

    /// <summary>Time of one search by a regular expression. What the engine does is linear; this is for a machine that is not.</summary>
    public TimeSpan RegexTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Flags of a message set by a script (RFC 5232).</summary>
    public int MaxFlags { get; init; } = 64;

    /// <summary>Longest interval of vacation; longer ones are cut (RFC 5230 §4.1: more than 30 days).</summary>
    public TimeSpan MaxVacation { get; init; } = TimeSpan.FromDays(180);

    /// <summary>Longest time an id is remembered by duplicate; longer ones are cut (RFC 7352 §3.3).</summary>
    public TimeSpan MaxDuplicate { get; init; } = TimeSpan.FromDays(90);
}
