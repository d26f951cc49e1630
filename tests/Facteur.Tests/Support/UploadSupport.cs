using Facteur.Storage.Emails;

namespace Facteur.Tests.Support;

internal static class UploadSupport
{
    /// <summary>Uploads octets.</summary>
    public static async Task<UploadRecord> BeginAndCompleteAsync(this UploadStore uploads, UploadOwner owner, byte[] octets, string type = "application/octet-stream")
    {
        await using var intake = uploads.Begin(owner, octets.Length);
        await intake.WriteAsync(octets, default);
        return await intake.CompleteAsync(type, default);
    }
}
