using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap.Push;

/// <summary>What a client is told: the new states of types, by account (RFC 8620 §7.1).</summary>
/// <param name="Accounts">Types of each account, and where it stands.</param>
/// <param name="Token">All that the client knows with it: see <see cref="PushToken"/>.</param>
internal sealed record StateChange(PushTypes Names, IReadOnlyList<(AccountId Account, PushTypeSet Types, PushState State)> Accounts, string Token)
{
    /// <param name="withToken">Of a WebSocket: pushState (RFC 8887 §4.3.5.1).</param>
    public void Write(Utf8JsonWriter writer, bool withToken = false)
    {
        writer.WriteStartObject();
        writer.WriteString("@type"u8, "StateChange"u8);
        writer.WriteStartObject("changed"u8);
        foreach (var (account, types, state) in Accounts)
        {
            writer.WriteStartObject(JmapIds.Of(account));
            foreach (var (name, type) in Names.Names(types))
                if (state[type] is { } value) writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        if (withToken) writer.WriteString("pushState"u8, Token);
        writer.WriteEndObject();
    }
}
