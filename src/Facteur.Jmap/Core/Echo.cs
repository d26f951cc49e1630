namespace Facteur.Jmap;

/// <summary>Core/echo: answers what it was sent (RFC 8620 §4).</summary>
internal sealed class Echo() : JmapMethod("Core/echo", JmapCapabilities.Core)
{
    public override ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        call.Arguments.WriteTo(call.Answer);
        return ValueTask.CompletedTask;
    }
}
