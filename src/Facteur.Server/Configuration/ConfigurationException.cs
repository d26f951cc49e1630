namespace Facteur.Server.Configuration;

/// <summary>The configuration is wrong; the message is one sentence that names the key, its value and what is allowed.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
