namespace Facteur.Web.Transfer;

/// <summary>What became of an import.</summary>
public sealed class ImportReport
{
    /// <summary>Problems told one by one; the others are counted.</summary>
    public const int MaxProblems = 200;

    private readonly Dictionary<string, int> byMailbox = new(StringComparer.Ordinal);
    private readonly List<ImportProblem> problems = [];
    private readonly Lock gate = new();

    public required string FileName { get; init; }
    public required DateTimeOffset Begun { get; init; }

    /// <summary>Octets read so far, and how many there are (the whole request, about).</summary>
    public long Read { get; set; }

    /// <inheritdoc cref="Read"/>
    public long? Total { get; init; }

    public int Imported { get; private set; }
    public int Failed { get; private set; }

    /// <summary>Entries of an archive that hold no mail.</summary>
    public int PassedOver { get; set; }
    public bool IsDone { get; set; }

    /// <summary>Why it ended before its end: the name of a text; null when it did not.</summary>
    public string? Ended { get; set; }

    public IReadOnlyList<(string Mailbox, int Count)> Mailboxes
    {
        get
        {
            lock (gate) return [.. byMailbox.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value))];
        }
    }

    public IReadOnlyList<ImportProblem> Problems
    {
        get
        {
            lock (gate) return [.. problems];
        }
    }

    internal void Add(string mailbox)
    {
        lock (gate)
        {
            Imported++;
            byMailbox[mailbox] = byMailbox.GetValueOrDefault(mailbox) + 1;
        }
    }

    internal void Fail(string where, int number, string why)
    {
        lock (gate)
        {
            Failed++;
            if (problems.Count < MaxProblems) problems.Add(new ImportProblem(where.Length > 200 ? where[..200] + "…" : where, number, why));
        }
    }
}

/// <param name="Where">The file.</param>
/// <param name="Number">Which of its messages, from 1.</param>
/// <param name="Why">Name of a text.</param>
public sealed record ImportProblem(string Where, int Number, string Why);
