using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>The public suffix list as a file that somebody else keeps up to date: read again when it has changed.</summary>
public sealed partial class PublicSuffixFile(string path, TimeProvider time, ILogger<PublicSuffixFile> logger)
{
    // The package changes some times a year.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    // The list of today is 0.3 MB.
    private const long MaxOctets = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private PublicSuffixList? list;
    private (DateTime Written, long Length)? seen;
    private long lookedAt;
    private bool hasLooked;

    /// <summary>The newest list that could be read; null when there never was one. Looks at the file every five minutes at most.</summary>
    public PublicSuffixList? Current
    {
        get
        {
            if (path.Length == 0) return null;
            // One caller looks, the others go on with what there is.
            if (IsDue() && gate.TryEnter())
            {
                try
                {
                    if (IsDue()) Look();
                }
                finally
                {
                    gate.Exit();
                }
            }
            return Volatile.Read(ref list);
        }
    }

    private bool IsDue() => !Volatile.Read(ref hasLooked) || time.GetElapsedTime(Volatile.Read(ref lookedAt)) >= Interval;

    private void Look()
    {
        var first = !hasLooked;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                if (first) LogAbsent(path);
            }
            else if (seen != (file.LastWriteTimeUtc, file.Length))
            {
                seen = (file.LastWriteTimeUtc, file.Length);
                Read(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(e, path);
        }
        Volatile.Write(ref lookedAt, time.GetTimestamp());
        Volatile.Write(ref hasLooked, true);
    }

    // A list without rules is a file in the middle of being replaced, or another file.
    private void Read(FileInfo file)
    {
        if (file.Length > MaxOctets) throw new IOException("the file is too large for a public suffix list");
        using var reader = file.OpenText();
        var found = PublicSuffixList.Parse(reader);
        if (found.Count == 0) throw new IOException("the file holds no public suffix");
        Volatile.Write(ref list, found);
        LogRead(path, found.Count);
    }

    [LoggerMessage(LogLevel.Information, "Public suffix list {Path} has {Rules} rules")]
    private partial void LogRead(string path, int rules);

    [LoggerMessage(LogLevel.Warning, "There is no public suffix list at {Path}: organizational domains are found by DNS tree walk only")]
    private partial void LogAbsent(string path);

    [LoggerMessage(LogLevel.Error, "Public suffix list {Path} cannot be read; the one before stays")]
    private partial void LogUnreadable(Exception e, string path);
}
