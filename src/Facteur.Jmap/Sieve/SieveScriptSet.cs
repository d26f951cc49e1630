using System.Globalization;
using System.Text.Json;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>SieveScript/set (RFC 9661 §2.3): keeps, changes and removes scripts, and says which one mail goes through.</summary>
internal sealed class SieveScriptSet() : JmapSetMethod("SieveScript/set", JmapCapabilities.Sieve)
{
    protected override IReadOnlyList<string> MoreArguments => ["onSuccessActivateScript", "onSuccessDeactivateScript"];

    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Scripts(call, account)
    {
        Activate = JmapArguments.String(call.Arguments, "onSuccessActivateScript"),
        Deactivates = JmapArguments.Bool(call.Arguments, "onSuccessDeactivateScript") ?? false,
    });

    private sealed class Scripts(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        private readonly SieveScripts scripts = call.Services.Scripts;
        private readonly SettingScope owner = SettingScope.Of(account.Id);

        // What the answer says beside the outcome; active ones only when that changed here.
        private readonly Dictionary<string, Action<Utf8JsonWriter>?> updated = new(StringComparer.Ordinal);
        private readonly HashSet<string> created = new(StringComparer.Ordinal);
        private string? activated;

        /// <summary>As sent: an id that is none is passed over.</summary>
        public string? Activate { get; init; }

        public bool Deactivates { get; init; }

        public override ValueTask<string> StateAsync(CancellationToken cancel) => SieveScriptType.Instance.StateAsync(call, account, cancel);

        public override async ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            var reader = new JmapObjectReader(value);
            reader.Only("name", "blobId");
            var sent = reader.String("name");
            if (reader.String("blobId") is not { } blobId)
            {
                reader.Invalid("blobId", "blobId is missing");
                blobId = "";
            }
            reader.Check();
            var octets = await ScriptBlobs.ReadAsync(call, account, blobId, cancel);
            var name = sent ?? FreeName(await SieveScriptType.FolderAsync(call, account, cancel));
            var script = await ScriptErrors.DoAsync(call, account, name, () => scripts.AddAsync(owner, name, octets, cancel), cancel);
            var id = SieveScriptType.IdOf(script);
            created.Add(id);
            return new JmapCreated(id, writer =>
            {
                if (script.Name != sent) writer.WriteString("name"u8, script.Name);
                writer.WriteString("blobId"u8, SieveScriptType.BlobIdOf(script));
                writer.WriteBoolean("isActive"u8, id == activated);
            });
        }

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            var folder = await SieveScriptType.FolderAsync(call, account, cancel);
            var before = SieveScriptType.Find(call, folder, id) ?? throw new JmapSetException(JmapSetError.NotFound);
            using var current = JsonDocument.Parse((await SieveScriptType.Instance.ListAsync(call, account, cancel)).First(one => one.Id == id).Json);
            using var patched = patch.ApplyTo(current.RootElement);
            var reader = new JmapObjectReader(patched.RootElement);
            reader.Only("id", "name", "blobId", "isActive");
            foreach (var property in patch.Changed(current.RootElement, "id", "isActive")) reader.Invalid(property, $"{property} cannot be changed");
            var sent = reader.String("name");
            var blobId = reader.String("blobId");
            if (blobId is null) reader.Invalid("blobId", "a script has a blobId");
            reader.Check();
            // Null is the default: a name of our choice.
            var name = sent ?? FreeName(folder);
            var octets = blobId == SieveScriptType.BlobIdOf(before) ? (ReadOnlyMemory<byte>?)null : await ScriptBlobs.ReadAsync(call, account, blobId!, cancel);
            var after = await ScriptErrors.DoAsync(call, account, name, () => scripts.ReplaceAsync(owner, before.Id, name == before.Name ? null : name, octets, cancel), cancel);
            return updated[id] = Changed(after, sent, blobId!);
        }

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            var script = SieveScriptType.Find(call, await SieveScriptType.FolderAsync(call, account, cancel), id) ?? throw new JmapSetException(JmapSetError.NotFound);
            await ScriptErrors.DoAsync(call, account, null, async () =>
            {
                await scripts.DeleteAsync(owner, script.Name, cancel);
                return script;
            }, cancel);
        }

        /// <summary>Only when all that was asked for was done is another script activated, or none.</summary>
        public override async ValueTask CompleteAsync(JmapSetAnswer answer, CancellationToken cancel)
        {
            if (answer.HasErrors || (Activate is null && !Deactivates)) return;
            var folder = await SieveScriptType.FolderAsync(call, account, cancel);
            var wanted = SieveScriptType.Find(call, folder, Activate) ?? (Deactivates ? null : folder.Active);
            if (wanted == folder.Active) return;
            try
            {
                await scripts.ActivateAsync(owner, wanted?.Name, cancel);
            }
            catch (ScriptRefusedException)
            {
                // Gone or renamed at this moment by somebody else: as an id that is none.
                return;
            }
            if (folder.Active is { } before) Tell(answer, SieveScriptType.IdOf(before), isActive: false);
            if (wanted is not null) Tell(answer, activated = SieveScriptType.IdOf(wanted), isActive: true);
        }

        private void Tell(JmapSetAnswer answer, string id, bool isActive)
        {
            if (created.Contains(id)) return;
            var more = updated.GetValueOrDefault(id);
            answer.Updated(id, writer =>
            {
                more?.Invoke(writer);
                writer.WriteBoolean("isActive"u8, isActive);
            });
        }

        /// <summary>What is not as the client sent it.</summary>
        private static Action<Utf8JsonWriter>? Changed(StoredScript script, string? name, string blobId)
        {
            var blob = SieveScriptType.BlobIdOf(script);
            if (script.Name == name && blob == blobId) return null;
            return writer =>
            {
                if (script.Name != name) writer.WriteString("name"u8, script.Name);
                if (blob != blobId) writer.WriteString("blobId"u8, blob);
            };
        }

        private static string FreeName(ScriptFolder folder)
        {
            for (var number = 1; ; number++)
                if (string.Create(CultureInfo.InvariantCulture, $"script-{number}") is var name && folder.Find(name) is null) return name;
        }
    }
}
