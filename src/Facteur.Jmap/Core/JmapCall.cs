using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>One call of a method within a request.</summary>
public sealed class JmapCall
{
    private List<(string Method, ReadOnlyMemory<byte> Arguments)>? following;

    internal JmapCall(JmapRequest request, string name, JsonElement arguments, Utf8JsonWriter answer) =>
        (Request, Name, Arguments, Answer) = (request, name, arguments, answer);

    public JmapRequest Request { get; }

    public JmapServices Services => Request.Services;

    public string Name { get; }

    /// <summary>An object; result references are resolved already (RFC 8620 §3.7).</summary>
    public JsonElement Arguments { get; }

    /// <summary>Where the method writes its answer: one object.</summary>
    public Utf8JsonWriter Answer { get; }

    /// <summary>The capability of the method; null where none is asked for (tests).</summary>
    internal string? Capability { get; init; }

    /// <summary>What <see cref="Follow"/> was told, in order.</summary>
    internal IReadOnlyList<(string Method, ReadOnlyMemory<byte> Arguments)> Following => following ?? [];

    /// <inheritdoc cref="JmapRequest.Uses"/>
    public bool Uses(string capability) => Request.Uses(capability);

    /// <summary>The account of "accountId"; accountNotFound for one that does not exist or that the user has no right to, in the same words.</summary>
    /// <param name="write">The method changes something: accountReadOnly without the right.</param>
    public async ValueTask<JmapAccount> AccountAsync(bool write, CancellationToken cancel)
    {
        var account = await Request.FindAccountAsync(JmapArguments.RequireString(Arguments, "accountId"), cancel) ?? throw new JmapMethodException("accountNotFound");
        if (Capability is { } capability && Request.Capabilities?.Find(capability) is { } known && !known.IsFor(account)) throw new JmapMethodException("accountNotSupportedByMethod");
        return write && account.IsReadOnly ? throw new JmapMethodException("accountReadOnly") : account;
    }

    /// <summary>
    /// Calls a method once this one has answered, whatever capabilities are in use; its answer follows with the same call id
    /// (onSuccessUpdateEmail, RFC 8621 §7.5). Nothing is called when this method fails.
    /// </summary>
    /// <param name="arguments">A JSON object.</param>
    public void Follow(string method, ReadOnlyMemory<byte> arguments) => (following ??= []).Add((method, arguments));
}
