using System.Security.Cryptography;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>PushSubscription/set (RFC 8620 §7.2.2). Of no account, and without a state.</summary>
internal sealed class PushSubscriptionSet() : JmapMethod("PushSubscription/set", JmapCapabilities.Core)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "create", "update", "destroy");
        var arguments = JmapSetArguments.Read(call);
        var work = new PushSubscriptionWork(call, call.Services.Push ?? throw new JmapMethodException("serverUnavailable"));
        var answer = new JmapSetAnswer();
        foreach (var (creationId, value) in arguments.Create)
            try
            {
                var (id, serverSet) = await work.CreateAsync(value, cancel);
                call.Request.Created(creationId, id);
                answer.Created(creationId, id, serverSet);
            }
            catch (JmapSetException e)
            {
                answer.NotCreated(creationId, e.Error);
            }
        foreach (var (sent, value) in arguments.Update)
        {
            var id = call.Request.ResolveId(sent) ?? sent;
            try
            {
                answer.Updated(id, await work.UpdateAsync(id, JmapPatch.Read(value), cancel));
            }
            catch (JmapSetException e)
            {
                answer.NotUpdated(id, e.Error);
            }
        }
        foreach (var id in arguments.Destroy.Select(id => call.Request.ResolveId(id) ?? id).Distinct(StringComparer.Ordinal))
            if (await work.DestroyAsync(id, cancel)) answer.Destroyed(id);
            else answer.NotDestroyed(id, JmapSetError.NotFound);
        call.Answer.WriteStartObject();
        answer.WriteObjects(call.Answer);
        call.Answer.WriteEndObject();
    }
}

/// <summary>What one call does to the subscriptions of its user.</summary>
internal sealed class PushSubscriptionWork(JmapCall call, PushService push)
{
    /// <summary>Of one person: devices and programs, and some that are forgotten.</summary>
    public const int MaxPerPerson = 32;

    /// <summary>In an hour, of one person: each sends a message to an address that nobody vouched for.</summary>
    public const int MaxCreatedPerHour = 20;

    /// <summary>RFC 8620 §7.2 asks for seven days at least.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    private const int MaxDeviceClientId = 255;
    private const int MaxUrl = 2048;
    private const int MaxTypes = 64;
    private const int CodeOctets = 24;

    private readonly JmapUser user = call.Request.User;
    private readonly TimeProvider time = call.Services.Time;

    public async ValueTask<(string Id, Action<Utf8JsonWriter> ServerSet)> CreateAsync(JsonElement value, CancellationToken cancel)
    {
        var reader = new JmapObjectReader(value);
        reader.Only("deviceClientId", "url", "keys", "verificationCode", "expires", "types");
        if (reader.String("deviceClientId") is not { Length: > 0 and <= MaxDeviceClientId } device)
        {
            reader.Invalid("deviceClientId", "deviceClientId is missing or too long");
            device = "";
        }
        if (reader.Has("verificationCode")) reader.Invalid("verificationCode", "the code is sent to the url");
        var url = ReadUrl(reader);
        var keys = ReadKeys(reader);
        var types = ReadTypes(reader);
        var expires = ReadExpires(reader);
        reader.Check();
        CheckCount();
        var one = new PushSubscription(
            RandomNumberGenerator.GetHexString(32, lowercase: true), user.Person, user.Account.Id, user.Login, device, url!, keys,
            RandomNumberGenerator.GetHexString(2 * CodeOctets, lowercase: true), IsVerified: false, time.GetUtcNow(), Bound(expires), types);
        await push.AddAsync(one, cancel);
        return (one.Id, writer =>
        {
            if (!reader.Has("keys")) writer.WriteNull("keys"u8);
            if (types is null && !value.TryGetProperty("types"u8, out _)) writer.WriteNull("types"u8);
            writer.WriteNull("verificationCode"u8);
            if (one.Expires != expires || expires is null) PushDates.Write(writer, "expires", one.Expires);
        });
    }

    /// <summary>Answers what was set otherwise than asked.</summary>
    public async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
    {
        var one = push.OfUser(user).Find(mine => mine.Id == id) ?? throw new JmapSetException(JmapSetError.NotFound);
        using var current = JsonDocument.Parse("{}");
        using var patched = patch.ApplyTo(current.RootElement);
        var reader = new JmapObjectReader(patched.RootElement);
        var wanted = one;
        DateTimeOffset? expires = null;
        foreach (var property in patch.Entries.Select(entry => entry.Property).Distinct(StringComparer.Ordinal))
            switch (property)
            {
                case "verificationCode":
                    if (IsCode(reader.String(property), one)) wanted = wanted with { IsVerified = true };
                    else reader.Invalid(property, "this is not the code");
                    break;
                case "expires":
                    expires = ReadExpires(reader);
                    wanted = wanted with { Expires = Bound(expires) };
                    break;
                case "types":
                    wanted = wanted with { Types = ReadTypes(reader) };
                    break;
                default:
                    if (!IsAsItIs(one, property, reader)) reader.Invalid(property, $"{property} cannot be changed");
                    break;
            }
        reader.Check();
        if (!await push.UpdateAsync(wanted, cancel)) throw new JmapSetException(JmapSetError.NotFound);
        return wanted.Expires == one.Expires || wanted.Expires == expires ? null : writer => PushDates.Write(writer, "expires", wanted.Expires);
    }

    public async ValueTask<bool> DestroyAsync(string id, CancellationToken cancel) => push.OfUser(user).Exists(mine => mine.Id == id) && await push.RemoveAsync(id, cancel);

    private void CheckCount()
    {
        var mine = push.OfPerson(user.Person);
        if (mine.Count >= MaxPerPerson) throw new JmapSetException(new JmapSetError("overQuota", $"there are {MaxPerPerson} subscriptions: destroy those that are not used"));
        if (!push.MayCreate(user.Person)) throw new JmapSetException(new JmapSetError("rateLimit", "too many subscriptions were made lately"));
    }

    private static Uri? ReadUrl(JmapObjectReader reader)
    {
        var text = reader.String("url");
        if (text is { Length: <= MaxUrl } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0 && url.Fragment.Length == 0) return url;
        reader.Invalid("url", "url is not an https address"); // RFC 8620 §7.2
        return null;
    }

    private static PushKeys? ReadKeys(JmapObjectReader reader)
    {
        if (reader.Object("keys") is not { } keys) return null;
        var (point, auth) = (new JmapObjectReader(keys).String("p256dh"), new JmapObjectReader(keys).String("auth"));
        if (point is not null && auth is not null && PushKeys.TryRead(point, auth, out var read)) return read;
        reader.Invalid("keys", "keys are not those of a client of Web Push");
        return null;
    }

    private static List<string>? ReadTypes(JmapObjectReader reader)
    {
        var types = reader.Strings("types");
        if (types is not null && (types.Count > MaxTypes || types.Exists(type => type.Length is 0 or > 255))) reader.Invalid("types", "types is not a list of names");
        return types;
    }

    private DateTimeOffset? ReadExpires(JmapObjectReader reader)
    {
        if (reader.String("expires") is not { } text) return null;
        if (PushDates.TryRead(text, out var expires) && expires > time.GetUtcNow()) return expires;
        reader.Invalid("expires", "expires is not a time to come");
        return null;
    }

    /// <summary>Not longer than is allowed; what was asked for to the second.</summary>
    private DateTimeOffset Bound(DateTimeOffset? asked)
    {
        var last = time.GetUtcNow() + MaxLifetime;
        var bound = asked is { } wanted && wanted < last ? wanted : last;
        return bound.AddTicks(-(bound.Ticks % TimeSpan.TicksPerSecond));
    }

    // In a time that tells nothing of where they differ.
    private static bool IsCode(string? shown, PushSubscription one) =>
        shown is not null && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(shown), System.Text.Encoding.UTF8.GetBytes(one.Code));

    // A client may send whole objects back (RFC 8620 §5.3).
    private static bool IsAsItIs(PushSubscription one, string property, JmapObjectReader reader) => property switch
    {
        "id" => reader.String(property) == one.Id,
        "deviceClientId" => reader.String(property) == one.DeviceClientId,
        _ => false,
    };
}
