using System.Text.Encodings.Web;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>How JSON is written.</summary>
public static class JmapJson
{
    /// <summary>As deep as methods answer; Core/echo may put answers into one another.</summary>
    private const int MaxDepth = 1000;

    /// <summary>
    /// Letters as they are: what only HTML needs escaped costs octets on every French word, and answers are never HTML (application/json, nosniff).
    /// </summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };
}
