using System.CommandLine;
using Facteur.Server.Commands;
using Facteur.Server.Control;

var line = Root.Parse(args);
var exit = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
return line.Errors.Count > 0 ? ExitCode.Usage : exit;
