using System.Runtime.CompilerServices;

#pragma warning disable CA1050 // The runtime looks for this name outside of namespaces (DOTNET_STARTUP_HOOKS).

/// <summary>A fault in the server that a test starts: where it finds a damaged message, the stack overflows, and the process ends as nothing in it can prevent.</summary>
internal static class StartupHook
{
    public static void Initialize() => AppDomain.CurrentDomain.FirstChanceException += (_, e) =>
    {
        if (e.Exception.GetType().Name == "DamagedMessageException") Environment.ExitCode = Deep(1);
    };

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Deep(int depth)
    {
        Span<int> frame = stackalloc int[4096];
        frame[depth % 4096] = Deep(depth + 1);
        return frame[depth % 4096] + 1;
    }
}
