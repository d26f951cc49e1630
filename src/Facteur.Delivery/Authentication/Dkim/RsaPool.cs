using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>One RSA key for any number of callers: an RSA object is for one at a time, and making one costs more than using it. There are never more than work at once.</summary>
internal sealed class RsaPool(Func<RSA> create)
{
    private readonly ConcurrentBag<RSA> idle = [];

    public RSA Take() => idle.TryTake(out var rsa) ? rsa : create();

    public void Return(RSA rsa) => idle.Add(rsa);

    /// <summary>Frees what is idle; nobody is to take one any more. What is never cleared the collector frees.</summary>
    public void Clear()
    {
        while (idle.TryTake(out var rsa)) rsa.Dispose();
    }
}
