namespace Facteur.Web.Testing;

/// <summary>The way ends here, and why.</summary>
internal sealed class TestFailedException(TestWords cause) : Exception
{
    public TestWords Cause { get; } = cause;
}
