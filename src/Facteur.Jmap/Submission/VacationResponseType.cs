using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap.Push;

namespace Facteur.Jmap;

/// <summary>The reply of an account to who writes meanwhile: one object, always there (RFC 8621 §8).</summary>
internal sealed class VacationResponseType : ListedType
{
    public static readonly VacationResponseType Instance = new();

    private VacationResponseType()
        : base("VacationResponse", JmapCapabilities.VacationResponse, "isEnabled", "fromDate", "toDate", "subject", "textBody", "htmlBody")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [ToObject(await new VacationSettings(new AccountSettings(call.Services.Store.Settings)).ReadAsync(account.Id, cancel))];

    /// <param name="vacation">Null: nothing was ever set.</param>
    public static ListedObject ToObject(VacationSetting? vacation) => ListedObject.Of(SingletonSet.Id, writer =>
    {
        writer.WriteBoolean("isEnabled"u8, vacation is { IsOff: false });
        PushDates.Write(writer, "fromDate", vacation?.From);
        PushDates.Write(writer, "toDate", vacation?.Until);
        Write(writer, "subject", vacation?.Subject);
        Write(writer, "textBody", vacation?.Text);
        Write(writer, "htmlBody", vacation?.Html);
    });

    private static void Write(Utf8JsonWriter writer, string name, string? text) => writer.WriteString(name, string.IsNullOrEmpty(text) ? null : text);
}
