namespace Facteur.Web.Reading;

/// <summary>What an image is by its first octets. Pictures made of points alone: SVG is a document, with links and scripts.</summary>
internal static class ImageTypes
{
    private static readonly byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], jpeg = [0xFF, 0xD8, 0xFF], icon = [0, 0, 1, 0];

    /// <summary>The media type to show it under; null for anything else, whatever its server calls it.</summary>
    public static string? Of(ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith(png)) return "image/png";
        if (octets.StartsWith(jpeg)) return "image/jpeg";
        if (octets.StartsWith("GIF87a"u8) || octets.StartsWith("GIF89a"u8)) return "image/gif";
        if (octets.Length >= 12 && octets.StartsWith("RIFF"u8) && octets[8..12].SequenceEqual("WEBP"u8)) return "image/webp";
        if (octets.Length >= 12 && octets[4..8].SequenceEqual("ftyp"u8) && (octets[8..12].SequenceEqual("avif"u8) || octets[8..12].SequenceEqual("avis"u8))) return "image/avif";
        if (octets.Length >= 26 && octets.StartsWith("BM"u8)) return "image/bmp";
        if (octets.Length >= 22 && octets.StartsWith(icon)) return "image/x-icon";
        return null;
    }
}
