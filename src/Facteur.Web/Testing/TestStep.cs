using Facteur.Accounts;

namespace Facteur.Web.Testing;

/// <summary>How a step went.</summary>
public enum TestState : byte
{
    Ok,
    /// <summary>It goes on; there is something to know.</summary>
    Warning,
    Failed,
}

/// <summary>Words for people: the name of a text and what stands in it.</summary>
public sealed record TestWords(string Key, params object[] Arguments);

/// <summary>A step of a mail program's way in.</summary>
/// <param name="Name">Name of its text: Name, Connect, Tls, Login, Content.</param>
/// <param name="Found">What was found.</param>
/// <param name="Cause">What is wrong, in a key with ".Repair" beside it; null when all is well.</param>
public sealed record TestStep(string Name, TestState State, TimeSpan Elapsed, TestWords? Found, TestWords? Cause = null);

/// <summary>One port, from its name to the login; a failed step is the last.</summary>
public sealed record TestSection(MailProtocol Protocol, int Port, bool IsTls, IReadOnlyList<TestStep> Steps)
{
    public TestState State => Steps.Count == 0 ? TestState.Failed : Steps.Max(step => step.State);
}
