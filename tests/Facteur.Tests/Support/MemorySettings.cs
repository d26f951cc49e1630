using System.Collections.Concurrent;
using System.Text;
using Facteur.Storage;

namespace Facteur.Tests.Support;

/// <summary>Settings documents in memory.</summary>
internal sealed class MemorySettings : SettingsStore
{
    private readonly ConcurrentDictionary<(SettingScope, string), ReadOnlyMemory<byte>> documents = new();

    public void Set(SettingScope scope, string name, string? json)
    {
        if (json is null) documents.TryRemove((scope, name), out _);
        else documents[(scope, name)] = Encoding.UTF8.GetBytes(json);
        RaiseChanged(scope, name);
    }

    public override ValueTask<ReadOnlyMemory<byte>?> GetAsync(SettingScope scope, string name, CancellationToken cancel) =>
        new(documents.TryGetValue((scope, name), out var json) ? json : null);

    public override ValueTask SetAsync(SettingScope scope, string name, ReadOnlyMemory<byte>? json, CancellationToken cancel)
    {
        Set(scope, name, json is { } octets ? Encoding.UTF8.GetString(octets.Span) : null);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<IReadOnlyList<(SettingScope Scope, ReadOnlyMemory<byte> Json)>> ListAsync(string name, CancellationToken cancel) =>
        new([.. documents.Where(pair => pair.Key.Item2 == name).Select(pair => (pair.Key.Item1, pair.Value))]);

    public override ValueTask<IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)>> ListOfAsync(SettingScope scope, CancellationToken cancel) =>
        new([.. documents.Where(pair => pair.Key.Item1 == scope).OrderBy(pair => pair.Key.Item2, StringComparer.Ordinal).Select(pair => (pair.Key.Item2, pair.Value))]);
}
