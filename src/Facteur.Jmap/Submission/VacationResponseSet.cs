using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap.Push;

namespace Facteur.Jmap;

/// <summary>VacationResponse/set: the one object is changed, never made or taken away (RFC 8621 §8.2).</summary>
internal sealed class VacationResponseSet() : JmapSetMethod("VacationResponse/set", JmapCapabilities.VacationResponse)
{
    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Singleton(call, account));

    private sealed class Singleton(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        private readonly VacationSettings settings = new(new AccountSettings(call.Services.Store.Settings));

        public override ValueTask<string> StateAsync(CancellationToken cancel) => VacationResponseType.Instance.StateAsync(call, account, cancel);

        // RFC 8620 §5.3: "singleton".
        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel) =>
            throw new JmapSetException(new JmapSetError("singleton", "there is one already, and no other"));

        public override ValueTask DestroyAsync(string id, CancellationToken cancel) =>
            throw new JmapSetException(id == VacationResponseType.Id ? new JmapSetError("singleton", "it can be switched off") : JmapSetError.NotFound);

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            if (id != VacationResponseType.Id) throw new JmapSetException(JmapSetError.NotFound);
            var before = await settings.ReadAsync(account.Id, cancel);
            using var current = JsonDocument.Parse(VacationResponseType.ToObject(before).Json);
            using var patched = patch.ApplyTo(current.RootElement);
            var reader = new JmapObjectReader(patched.RootElement);
            foreach (var property in patch.Changed(current.RootElement, "id")) reader.Invalid(property, $"{property} cannot be changed");
            reader.Only("id", "isEnabled", "fromDate", "toDate", "subject", "textBody", "htmlBody");
            var wanted = Read(reader, before?.Days ?? new VacationSetting("", "").Days);
            if (reader.IsValid && VacationSettings.Problem(wanted) is { } problem) reader.Invalid(NameOf(problem.Property), problem.Sentence);
            reader.Check();
            await settings.WriteAsync(account.Id, wanted, cancel);
            return null;
        }

        /// <param name="days">The days between two replies to one sender, which the object does not have.</param>
        private static VacationSetting Read(JmapObjectReader reader, int days)
        {
            // A Boolean is never null.
            if (reader.Bool("isEnabled") is not { } isEnabled)
            {
                isEnabled = false;
                reader.Invalid("isEnabled", "isEnabled is not true or false");
            }
            return new VacationSetting(reader.String("subject") ?? "", reader.String("textBody") ?? "", Date(reader, "fromDate"), Date(reader, "toDate"), days)
            {
                IsOff = !isEnabled, Html = reader.String("htmlBody") is { Length: > 0 } html ? html : null,
            };
        }

        private static DateTimeOffset? Date(JmapObjectReader reader, string name)
        {
            if (reader.String(name) is not { } text) return null;
            if (PushDates.TryRead(text, out var date)) return date;
            reader.Invalid(name, $"{name} is not a UTCDate");
            return null;
        }

        private static string NameOf(string property) => property switch
        {
            nameof(VacationSetting.Text) => "textBody",
            nameof(VacationSetting.Html) => "htmlBody",
            nameof(VacationSetting.Until) => "toDate",
            _ => "subject",
        };
    }
}
