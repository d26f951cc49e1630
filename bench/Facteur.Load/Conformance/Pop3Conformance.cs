using System.Text.Json;
using Facteur.Tests.Pop3.Conformance;

namespace Facteur.Load.Conformance;

/// <summary>pop3-conformance: holds the POP3 suite with a server and tells on standard error where it departs; an operation is a conversation.</summary>
internal static class Pop3Conformance
{
    public static async Task<string> RunAsync(LoadOptions options)
    {
        await using var peer = new SocketPeer(options);
        var capabilities = await ConversationRun.CapabilitiesAsync(peer);
        var counts = new Dictionary<string, int> { ["passed"] = 0, ["skipped"] = 0, ["must"] = 0, ["should"] = 0, ["may"] = 0 };
        var departures = new List<string>();
        foreach (var conversation in Conversation.All)
        {
            if (options.Arguments != "FLAGS" && !conversation.Name.Contains(options.Arguments, StringComparison.Ordinal)) continue;
            var outcome = await new ConversationRun(peer, conversation).RunAsync(capabilities);
            var level = conversation.Level.ToString().ToLowerInvariant();
            counts[outcome.IsSkipped ? "skipped" : outcome.Why is null ? "passed" : level]++;
            if (outcome.Why is not { } why) continue;
            departures.Add(conversation.Name);
            await Console.Error.WriteLineAsync($"{level.ToUpperInvariant()} {conversation.Name} ({conversation.Rfc})\n  {why}\n  {outcome.Said.TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal)}");
        }
        return JsonSerializer.Serialize(new { mode = "pop3-conformance", conversations = counts.Values.Sum(), counts, departures, errors = counts["must"] });
    }
}
