using Facteur.Sieve;
using Facteur.Sieve.Scripts;

namespace Facteur.Jmap;

/// <summary>SieveScript/validate: whether a blob would be taken as a script, without keeping it (RFC 9661 §2.5).</summary>
internal sealed class SieveScriptValidate() : JmapMethod("SieveScript/validate", JmapCapabilities.Sieve)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "blobId");
        var account = await call.AccountAsync(write: false, cancel);
        var error = await CheckAsync(call, account, JmapArguments.RequireString(call.Arguments, "blobId"), cancel);
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WritePropertyName("error"u8);
        if (error is null) writer.WriteNullValue();
        else error.Write(writer);
        writer.WriteEndObject();
    }

    private static async ValueTask<JmapSetError?> CheckAsync(JmapCall call, JmapAccount account, string blobId, CancellationToken cancel)
    {
        try
        {
            var octets = await ScriptBlobs.ReadAsync(call, account, blobId, cancel);
            return call.Services.Scripts.Check(octets.Span) is { Count: > 0 } errors
                ? ScriptErrors.Of(new ScriptRefusedException(ScriptRefusal.Invalid, ScriptText.ScriptHasError.With(errors[0].At, errors[0].Sentence), errors))
                : null;
        }
        catch (JmapSetException e)
        {
            return e.Error;
        }
    }
}
