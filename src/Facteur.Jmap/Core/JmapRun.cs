using System.Text.Json;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap;

/// <summary>One request on its way: its calls, what they answered, and the response as far as it is written.</summary>
internal sealed partial class JmapRun : IDisposable
{
    /// <summary>Methods that one call leads to, and those to others: onSuccessUpdateEmail is one step.</summary>
    private const int MaxFollowing = 4;

    private readonly JmapProcessor processor;
    private readonly RequestObject read;
    private readonly JmapRequest state;
    private readonly ResponseWriter response;
    private readonly ResultReferences references;
    private readonly ILogger logger;
    private readonly Utf8JsonWriter writer;
    private AnswerBuffer buffer = new();

    public JmapRun(JmapProcessor processor, JmapUser user, RequestObject read, System.Buffers.IBufferWriter<byte> output)
    {
        (this.processor, this.read, logger) = (processor, read, processor.Logger);
        state = new JmapRequest(processor.Services, user) { Using = read.Using, Capabilities = processor.Capabilities };
        foreach (var (creation, id) in read.CreatedIds ?? []) state.Created(creation, id);
        response = new ResponseWriter(output);
        references = new ResultReferences(processor.Services.Limits);
        writer = new Utf8JsonWriter(buffer, JmapJson.Writing);
    }

    public async ValueTask RunAsync(CancellationToken cancel)
    {
        // Before anything is done: who has lost an account since is told so by its answers and by the state.
        var sessionState = await processor.Sessions.StateAsync(state, cancel);
        response.Begin();
        foreach (var call in read.Calls) await CallAsync(call, isImplicit: false, depth: 0, cancel);
        await response.EndAsync(read.CreatedIds is null ? null : state.CreatedIds, sessionState, cancel);
    }

    public void Dispose()
    {
        references.Dispose();
        buffer.Dispose();
    }

    private async ValueTask CallAsync(RequestObject.Invocation call, bool isImplicit, int depth, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        JmapCall? done = null;
        var name = call.Name;
        try
        {
            done = await AnswerAsync(call, isImplicit, cancel);
        }
        catch (JmapMethodException e)
        {
            if (e is JmapPartialFailException { Cause: { } cause }) LogFailed(cause, name);
            WriteError(e);
            name = "error";
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancel.IsCancellationRequested))
        {
            LogFailed(e, name);
            WriteError(FaultOf(e));
            name = "error";
        }
        await SendAsync(name, call.CallId, cancel);
        if (done is null || depth == MaxFollowing) return;
        foreach (var (method, json) in done.Following)
        {
            using var arguments = JsonDocument.Parse(json);
            await CallAsync(new RequestObject.Invocation(method, arguments.RootElement, call.CallId), isImplicit: true, depth + 1, cancel);
        }
    }

    private async ValueTask<JmapCall> AnswerAsync(RequestObject.Invocation invocation, bool isImplicit, CancellationToken cancel)
    {
        var limits = processor.Services.Limits;
        if (processor.Find(invocation.Name) is not { } method || !isImplicit && !read.Using.Contains(method.Capability)) throw new JmapMethodException("unknownMethod");
        var left = limits.MaxSizeAnswer - response.Written;
        if (left <= 0 && !isImplicit) throw AnswerBuffer.TooLarge();
        using var resolved = isImplicit ? null : references.Resolve(invocation.Arguments);
        buffer.Limit = method.Changes ? Math.Max(left, 0) + limits.MaxSizeRequest : left;
        var call = new JmapCall(state, invocation.Name, resolved?.RootElement ?? invocation.Arguments, writer) { Capability = method.Capability };
        await method.RunAsync(call, cancel);
        await writer.FlushAsync(cancel);
        if (writer.CurrentDepth != 0 || buffer.Length == 0) throw new InvalidOperationException("the method has not written one object");
        return call;
    }

    /// <summary>The store's troubles that pass by themselves are told from those that do not.</summary>
    private static JmapMethodException FaultOf(Exception error) => error is StoreFullException
        ? new JmapMethodException("serverUnavailable", "The server has no room for it right now.")
        : new JmapMethodException("serverFail", "The server failed; its log says why.");

    /// <summary>In the place of what the method has written.</summary>
    private void WriteError(JmapMethodException error)
    {
        buffer.Clear();
        buffer.Limit = long.MaxValue;
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, error.Type);
        if (error.Description.Length > 0) writer.WriteString("description"u8, error.Description);
        error.WriteMore(writer);
        writer.WriteEndObject();
        writer.Flush();
    }

    private async ValueTask SendAsync(string name, string callId, CancellationToken cancel)
    {
        await response.WriteAsync(name, buffer, callId, cancel);
        if (read.ReferredTo.Contains(callId) && references.Wants(callId))
        {
            references.Add(callId, new JmapAnswer(name, buffer));
            buffer = new AnswerBuffer();
        }
        else buffer.Clear();
        writer.Reset(buffer);
    }

    [LoggerMessage(LogLevel.Error, "JMAP method {Method} failed", EventName = "JmapMethodFailed")]
    private partial void LogFailed(Exception error, string method);
}
