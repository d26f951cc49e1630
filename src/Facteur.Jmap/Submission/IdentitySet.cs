using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Identity/set: forbiddenFrom for an address that the account may not send as (RFC 8621 §6.3).</summary>
internal sealed class IdentitySet() : JmapSetMethod("Identity/set", JmapCapabilities.Submission)
{
    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Identities(call, account));

    private sealed class Identities(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        private readonly AccountService accounts = call.Services.Accounts;

        public override ValueTask<string> StateAsync(CancellationToken cancel) => IdentityType.Instance.StateAsync(call, account, cancel);

        public override async ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            var reader = new JmapObjectReader(value);
            reader.Only("name", "email", "replyTo", "bcc", "textSignature", "htmlSignature");
            if (reader.String("email") is null) reader.Invalid("email", "email is missing");
            var wanted = Read(reader, 0);
            reader.Check();
            if (!await MaySendAsAsync(wanted, cancel)) throw new JmapSetException(new JmapSetError("forbiddenFrom", $"{wanted.Address} is not an address of the account"));
            var added = await DoAsync(() => accounts.AddIdentityAsync(account.Address, wanted, cancel, besideOwn: true));
            return new JmapCreated(JmapIds.Of(added), ServerSet(added, value));
        }

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            var before = await FindAsync(id, cancel);
            var current = IdentityType.ToObject(before);
            using var currentJson = JsonDocument.Parse(current.Json);
            using var patched = patch.ApplyTo(currentJson.RootElement);
            var reader = new JmapObjectReader(patched.RootElement);
            foreach (var property in patch.Changed(currentJson.RootElement, "id", "email", "mayDelete")) reader.Invalid(property, $"{property} cannot be changed");
            reader.Only("id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete");
            var wanted = Read(reader, before.Id);
            reader.Check();
            if (!await MaySendAsAsync(wanted, cancel)) throw new JmapSetException(new JmapSetError("forbidden", $"{wanted.Address} is not an address of the account any more"));
            var after = await DoAsync(() => accounts.UpdateIdentityAsync(account.Address, wanted, cancel));
            return ServerSet(after, patched.RootElement);
        }

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            var identity = await FindAsync(id, cancel);
            if (!IdentityType.MayDelete(identity)) throw new JmapSetException(new JmapSetError("forbidden", "the identity of the account itself stays"));
            await DoAsync(() => accounts.RemoveIdentityAsync(account.Address, id[1..], cancel));
        }

        private async ValueTask<Identity> FindAsync(string id, CancellationToken cancel) =>
            await IdentityType.FindAsync(call, account, id, cancel) ?? throw new JmapSetException(JmapSetError.NotFound);

        private ValueTask<bool> MaySendAsAsync(Identity identity, CancellationToken cancel) =>
            new RecipientDirectory(call.Services.Store.Directory, call.Services.Store.Settings).MaySendAsAsync(account.Id, identity.Address, cancel);

        private static Identity Read(JmapObjectReader reader, int id)
        {
            var identity = new Identity(id, reader.String("name") ?? "", reader.String("email") ?? "")
            {
                ReplyTo = Addresses(reader, "replyTo"), Bcc = Addresses(reader, "bcc"),
                SignatureText = NullIfEmpty(reader.String("textSignature")), SignatureHtml = NullIfEmpty(reader.String("htmlSignature")),
            };
            if (reader.IsValid && IdentitiesSetting.Problem(identity) is { } problem) reader.Invalid(NameOf(problem.Property), problem.Sentence);
            return identity;
        }

        private static string NameOf(string property) => property switch
        {
            nameof(Identity.Name) => "name",
            nameof(Identity.ReplyTo) => "replyTo",
            nameof(Identity.Bcc) => "bcc",
            nameof(Identity.SignatureText) => "textSignature",
            nameof(Identity.SignatureHtml) => "htmlSignature",
            _ => "email",
        };

        private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

        private static List<NamedAddress>? Addresses(JmapObjectReader reader, string name)
        {
            if (reader.Array(name) is not { } list || list.GetArrayLength() == 0) return null;
            var addresses = new List<NamedAddress>();
            foreach (var element in list.EnumerateArray())
            {
                if (Address(element) is not { } address)
                {
                    reader.Invalid(name, $"{name} is not a list of objects with name and email");
                    return null;
                }
                addresses.Add(address);
            }
            return addresses;
        }

        private static NamedAddress? Address(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("email"u8, out var email) || email.ValueKind != JsonValueKind.String) return null;
            if (!element.TryGetProperty("name"u8, out var name) || name.ValueKind == JsonValueKind.Null) return new NamedAddress(null, email.GetString()!);
            return name.ValueKind == JsonValueKind.String ? new NamedAddress(name.GetString(), email.GetString()!) : null;
        }

        /// <summary>What differs from the object as the client has it.</summary>
        private static Action<Utf8JsonWriter>? ServerSet(Identity identity, JsonElement sent)
        {
            using var now = JsonDocument.Parse(IdentityType.ToObject(identity).Json);
            var others = now.RootElement.EnumerateObject()
                .Where(property => property.Name != "id" && !(sent.TryGetProperty(property.Name, out var value) ? JsonElement.DeepEquals(value, property.Value) : property.Value.ValueKind == JsonValueKind.Null))
                .Select(property => (property.Name, Value: property.Value.Clone())).ToList();
            if (others.Count == 0) return null;
            return writer =>
            {
                foreach (var (name, value) in others)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            };
        }

        /// <summary>More identities, or longer signatures together, than an account may have.</summary>
        private static async ValueTask<Identity> DoAsync(Func<ValueTask<Identity>> change)
        {
            try
            {
                return await change();
            }
            catch (AccountRuleException e)
            {
                throw new JmapSetException(new JmapSetError("overQuota", e.Message));
            }
        }
    }
}
