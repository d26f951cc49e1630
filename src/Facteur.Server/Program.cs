using System.CommandLine;
using Facteur.Server.Commands;

return await Root.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
