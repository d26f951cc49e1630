namespace Facteur.Storage.Searching;

/// <summary>
/// Keeps the first few of emails that come in any order, one of each conversation when they are collapsed. Candidates gather in a buffer that is sorted
/// and cut when it is full: from then on only those before the last one kept are taken.
/// </summary>
internal sealed class FirstChooser(int count, bool collapse)
{
    private readonly Ranked[] buffer = new Ranked[count * 2 + 64];
    private readonly HashSet<long> threads = [];
    private int used;
    private Ranked worst;
    private bool isFull;

    /// <summary>False for one that is behind enough others.</summary>
    public bool MayTake(in Ranked candidate) => !isFull || candidate.CompareTo(worst) < 0;

    public void Add(in Ranked candidate)
    {
        buffer[used++] = candidate;
        if (used == buffer.Length) Cut();
    }

    /// <summary>The ones chosen, in order.</summary>
    /// <param name="idSign">Takes the turn off ids.</param>
    public EmailId[] Finish(int idSign)
    {
        Cut();
        var chosen = new EmailId[used];
        for (var i = 0; i < used; i++) chosen[i] = new EmailId(buffer[i].Id * idSign);
        return chosen;
    }

    private void Cut()
    {
        buffer.AsSpan(0, used).Sort();
        var kept = 0;
        threads.Clear();
        for (var i = 0; i < used && kept < count; i++)
            if (!collapse || threads.Add(buffer[i].Thread)) buffer[kept++] = buffer[i];
        used = kept;
        isFull = used == count;
        if (isFull) worst = buffer[count - 1];
    }
}
