using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap.Push;

namespace Facteur.Jmap;

/// <summary>VacationResponse/set: the one object is changed, never made or taken away (RFC 8621 §8.2).</summary>
internal sealed class VacationResponseSet() : SingletonSet(VacationResponseType.Instance, "it can be switched off")
{
    protected override async ValueTask<Action<Utf8JsonWriter>?> WriteAsync(JmapCall call, JmapAccount account, ListedPatch patch, CancellationToken cancel)
    {
        var settings = new VacationSettings(new AccountSettings(call.Services.Store.Settings));
        var before = await settings.ReadAsync(account.Id, cancel);
        var wanted = Read(patch.Wanted, before?.Days ?? new VacationSetting("", "").Days);
        if (patch.Wanted.IsValid && VacationSettings.Problem(wanted) is { } problem) patch.Wanted.Invalid(NameOf(problem.Property), problem.Sentence);
        patch.Wanted.Check();
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
