using BenchmarkDotNet.Running;
using Facteur.Bench;

// "store [folder]", "accounts [folder]" and "queue [folder]" measure the store on a real disk, "sieve" scripts and bombs; anything else goes to BenchmarkDotNet.
if (args is ["store", ..])
{
    await StoreBench.RunAsync(args.Length > 1 ? args[1] : Path.GetTempPath());
    return;
}
if (args is ["accounts", ..])
{
    await AccountBench.RunAsync(args.Length > 1 ? args[1] : Path.GetTempPath());
    return;
}
if (args is ["queue", ..])
{
    await QueueBench.RunAsync(args.Length > 1 ? args[1] : Path.GetTempPath());
    return;
}
if (args is ["sieve"])
{
    await SieveBench.RunAsync();
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
