using System.Collections.Frozen;

namespace Facteur.Delivery.Filtering.Content;

/// <summary>What is done about files that run when they are opened.</summary>
public enum AttachmentRule : byte
{
    /// <summary>Nothing.</summary>
    Off,
    /// <summary>Points (<see cref="AttachmentSettings.Score"/>).</summary>
    Score,
    /// <summary>To Junk, also from a known correspondent: their machine may not be theirs any more.</summary>
    Junk,
    /// <summary>Refused in the session, with the name of the file.</summary>
    Reject,
}

/// <summary>Rules for attachments.</summary>
public sealed record AttachmentSettings
{
    /// <summary>Junk: nothing is lost, and nobody opens it by mistake.</summary>
    public AttachmentRule Executables { get; init; } = AttachmentRule.Junk;

    /// <summary>Points with <see cref="AttachmentRule.Score"/>. 4.</summary>
    public double Score { get; init; } = 4;

    /// <summary>Extensions, without the dot, that count as executable besides those that do by themselves.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Extensions that do not count here.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Points of an archive that is encrypted, so that nothing can look into it. 1.5.</summary>
    public double EncryptedArchive { get; init; } = 1.5;

    // What Windows, macOS or Office runs at a double click, and disk images that hide where a file came from.
    private static readonly FrozenSet<string> Executable = new[]
    {
        "ade", "adp", "app", "application", "appref-ms", "appx", "appxbundle", "bas", "bat", "chm", "cmd", "com", "command", "cpl", "dll", "diagcab", "exe", "gadget",
        "hlp", "hta", "img", "inf", "ins", "iso", "isp", "jar", "jnlp", "js", "jse", "lib", "lnk", "mde", "mht", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "pkg",
        "ps1", "ps1xml", "ps2", "psc1", "psd1", "psm1", "reg", "scf", "scr", "sct", "settingcontent-ms", "shb", "shs", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd",
        "wsc", "wsf", "wsh", "xbap", "xll", "xlam", "xnk",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal bool IsExecutable(ReadOnlySpan<char> fileName)
    {
        // Windows leaves dots and blanks off the end of a name.
        var name = fileName.TrimEnd(". \0");
        var dot = name.LastIndexOf('.');
        if (dot < 0) return false;
        var extension = name[(dot + 1)..].ToString();
        if (Except.Contains(extension, StringComparer.OrdinalIgnoreCase)) return false;
        return Executable.Contains(extension) || Also.Contains(extension, StringComparer.OrdinalIgnoreCase);
    }
}
