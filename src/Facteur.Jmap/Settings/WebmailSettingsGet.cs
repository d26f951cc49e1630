namespace Facteur.Jmap;

/// <summary>WebmailSettings/get (docs/jmap.md).</summary>
internal sealed class WebmailSettingsGet() : ListedGet(WebmailSettingsType.Instance);
