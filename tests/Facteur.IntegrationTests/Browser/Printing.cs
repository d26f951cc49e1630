namespace Facteur.IntegrationTests.Browser;

/// <summary>Instead of a printer: what a page would print is marked as printed and stays until the test is done with it.</summary>
internal static class Printing
{
    /// <summary>To be run before the page's own scripts. The frame's own listeners come later than one on the way down to it.</summary>
    public const string Catch = """
        document.addEventListener("load", (event) => {
          const frame = event.target;
          if (frame.localName !== "iframe" || frame.className !== "print-frame") return;
          frame.contentWindow.print = () => { frame.dataset.printed = frame.contentDocument.title; };
        }, true);
        """;
}
