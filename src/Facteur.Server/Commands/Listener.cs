using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur listener list: what is open.</summary>
internal static class Listener
{
    public static Command Create() => new("listener", "Where the server listens") { CreateList() };

    private static Command CreateList() => Verb.Create<List<OpenListenerView>>(
        "list", "List the open listeners: address, TLS, client certificates, connections", _ => new ControlRequest("listener.list"), Show);

    private static void Show(IAnsiConsole console, List<OpenListenerView> listeners)
    {
        var table = new Table().RoundedBorder().AddColumn("Listener").AddColumn("Address").AddColumn("TLS").AddColumn("Client certificates").AddColumn("Since (UTC)")
            .AddColumn(new TableColumn("Connections").RightAligned());
        foreach (var listener in listeners)
            table.AddRow(Markup.Escape(listener.Name), Markup.Escape(listener.Address), listener.Tls, listener.ClientCertificates + (listener.Preauth ? ", PREAUTH" : ""),
                listener.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), listener.Connections?.ToString(CultureInfo.InvariantCulture) ?? "");
        console.Write(table);
    }
}
