using Facteur.Sieve.Scripts;

namespace Facteur.Jmap;

/// <summary>Why a script is refused, in the words of RFC 9661 §2.3.</summary>
internal static class ScriptErrors
{
    /// <summary>Does it; what the store of scripts refuses is told of the object.</summary>
    /// <param name="name">The name that the script was to have; null for what it had.</param>
    public static async ValueTask<T> DoAsync<T>(JmapCall call, JmapAccount account, string? name, Func<ValueTask<T>> change, CancellationToken cancel)
    {
        try
        {
            return await change();
        }
        catch (ScriptRefusedException e) when (e.Reason == ScriptRefusal.AlreadyExists)
        {
            throw new JmapSetException(await AlreadyExistsAsync(call, account, name, e.Message, cancel));
        }
        catch (ScriptRefusedException e)
        {
            throw new JmapSetException(Of(e));
        }
    }

    public static JmapSetError Of(ScriptRefusedException refused) => refused.Reason switch
    {
        ScriptRefusal.BadName => JmapSetError.Invalid("name", refused.Message),
        ScriptRefusal.TooLarge => new JmapSetError("tooLarge", refused.Message),
        ScriptRefusal.TooManyScripts or ScriptRefusal.OverQuota => new JmapSetError("overQuota", refused.Message),
        ScriptRefusal.Invalid => new JmapSetError("invalidSieve", string.Join('\n', refused.Errors)),
        ScriptRefusal.IsActive => new JmapSetError("sieveIsActive", refused.Message),
        ScriptRefusal.NonExistent => JmapSetError.NotFound,
        _ => throw new InvalidOperationException($"{refused.Reason} is no answer of its own"),
    };

    private static async ValueTask<JmapSetError> AlreadyExistsAsync(JmapCall call, JmapAccount account, string? name, string message, CancellationToken cancel)
    {
        var folder = await SieveScriptType.FolderAsync(call, account, cancel);
        var existing = name is not null && ScriptName.TryNormalize(name, out var normal) ? folder.Find(normal) : null;
        return new JmapSetError("alreadyExists", message) { More = writer => { if (existing is not null) writer.WriteString("existingId"u8, SieveScriptType.IdOf(existing)); } };
    }
}
