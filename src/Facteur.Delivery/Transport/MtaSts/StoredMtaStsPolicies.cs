using System.Text;
using Facteur.Storage;

namespace Facteur.Delivery.Transport;

/// <summary>Policies in the learnt state of the store: "id", line break, the policy's text; the first counter is when it was fetched.</summary>
public sealed class StoredMtaStsPolicies(StateStore states) : IMtaStsPolicyStore
{
    private const string Space = "mta-sts";
    private const int PageSize = 500;

    public async ValueTask<CachedMtaStsPolicy?> FindAsync(string domain, CancellationToken cancel) => Read(await states.GetAsync(Space, domain, cancel));

    public ValueTask SaveAsync(CachedMtaStsPolicy policy, CancellationToken cancel) => states.SetAsync(Space,
        [new StateEntry(policy.Domain, policy.Fetched.ToUnixTimeSeconds(), 0, Encoding.UTF8.GetBytes(policy.Id + "\n" + MtaStsPolicyText.Write(policy.Policy)), policy.Expires)], cancel);

    public async ValueTask<IReadOnlyList<CachedMtaStsPolicy>> FetchedBeforeAsync(DateTimeOffset moment, CancellationToken cancel)
    {
        var due = new List<CachedMtaStsPolicy>();
        string? after = null;
        while (true)
        {
            var page = await states.ListAsync(Space, "", after, PageSize, cancel);
            due.AddRange(page.Select(Read).OfType<CachedMtaStsPolicy>().Where(policy => policy.Fetched < moment));
            if (page.Count < PageSize) return due;
            after = page[^1].Key;
        }
    }

    // What cannot be read is as if it were not there: the next look at DNS brings it back.
    private static CachedMtaStsPolicy? Read(StateEntry? entry)
    {
        if (entry?.Value is not { } value) return null;
        var text = Encoding.UTF8.GetString(value);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || MtaStsPolicyText.Read(text[(end + 1)..], out _) is not { } policy) return null;
        return new CachedMtaStsPolicy(entry.Key, text[..end], policy, DateTimeOffset.FromUnixTimeSeconds(entry.First));
    }
}
