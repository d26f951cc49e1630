using System.Net;
using System.Net.Sockets;
using Facteur.Net;

namespace Facteur.Web.Requests;

/// <summary>Requests of one kind per client address (IPv6: its /64) within a window. Bounded: with too many addresses, all begin anew.</summary>
internal sealed class AddressRates(int max, TimeSpan window, TimeProvider time)
{
    private const int MaxAddresses = 20_000;
    private readonly Dictionary<IPAddress, int> counts = [];
    private readonly Lock gate = new();
    private long begun;

    /// <summary>Counts a request; false when it is one too many.</summary>
    public bool Allow(IPAddress remote)
    {
        var prefix = remote.OneHost();
        lock (gate)
        {
            if (begun == 0 || time.GetElapsedTime(begun) >= window || counts.Count >= MaxAddresses)
            {
                counts.Clear();
                begun = Math.Max(1, time.GetTimestamp());
            }
            var count = counts.GetValueOrDefault(prefix);
            if (count >= max) return false;
            counts[prefix] = count + 1;
            return true;
        }
    }
}
