namespace Facteur.Sieve.Running;

/// <summary>Counts what a run costs, in units of <see cref="SieveLimits.MaxWork"/>, and ends it when that is too much.</summary>
internal sealed class WorkMeter(long max)
{
    public long Spent { get; private set; }

    /// <exception cref="SieveRuntimeException">The script has used up what it may.</exception>
    public void Spend(long units)
    {
        Spent += Math.Max(units, 0);
        if (Spent > max) throw new SieveRuntimeException(ScriptText.TooLong);
    }
}
