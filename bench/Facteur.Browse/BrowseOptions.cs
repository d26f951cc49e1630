namespace Facteur.Browse;

/// <summary>What one run measures.</summary>
/// <param name="Origin">Scheme, host and port of the webmail, on this machine.</param>
/// <param name="Out">Folder of the results; a file for each measure.</param>
internal sealed record BrowseOptions(Uri Origin, string User, string Password, string Out);

/// <summary>A slow telephone on a slow line, as the DevTools Protocol plays it.</summary>
/// <param name="Processor">How many times slower scripts and drawing are.</param>
/// <param name="Down">Octets a second.</param>
/// <param name="Up">Octets a second.</param>
/// <param name="RoundTripMs">Added between each request and the head of its answer.</param>
internal sealed record Throttle(int Processor, int Down, int Up, int RoundTripMs)
{
    /// <summary>The line of UX.md §5: 4x, 1.6 Mbit/s (up: 750 kbit/s, as DevTools pairs them), 150 ms.</summary>
    public static readonly Throttle Telephone = new(4, 1_600_000 / 8, 750_000 / 8, 150);
}
