using System.Buffers;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>
/// Body canonicalisation (RFC 6376 §3.4.3, §3.4.4) of a body that streams by, cut anywhere. What may still turn out to stand
/// at the end of a line or of the body (white space, line ends) is counted, not kept: memory does not grow with the body.
/// </summary>
/// <remarks>
/// Only CRLF ends a line; a bare CR or LF is content. Text that is canonical already goes to the digests without a copy, in
/// runs as long as the piece given: three vectorised searches find the lines that are not.
/// </remarks>
internal sealed class BodyCanonicalizer(Canonicalization canonicalization)
{
    private static readonly SearchValues<byte> lineEndOctets = SearchValues.Create("\r\n"u8);
    private static readonly SearchValues<byte> gapOctets = SearchValues.Create(" \t\r\n"u8);
    private static readonly byte[] lineEnds = [.. Enumerable.Repeat("\r\n"u8.ToArray(), 64).SelectMany(end => end)];

    private readonly bool isRelaxed = canonicalization == Canonicalization.Relaxed;
    private readonly SearchValues<byte> gap = canonicalization == Canonicalization.Relaxed ? gapOctets : lineEndOctets;
    private readonly List<BodyDigest> digests = new(1);
    private long octetCount;
    private long heldLineEnds;
    private bool heldSpace;
    private bool heldReturn;

    /// <summary>A digest of the body with that l=; the same one for all who ask alike. Before the body begins.</summary>
    public BodyDigest Digest(long? limit)
    {
        foreach (var known in digests)
            if (known.Limit == limit) return known;
        var digest = new BodyDigest(limit);
        digests.Add(digest);
        return digest;
    }

    public void Write(ReadOnlySpan<byte> octets)
    {
        var start = octets.IndexOfAnyExcept(gap);
        if (start < 0)
        {
            Hold(octets);
            return;
        }
        Hold(octets[..start]);
        ReleaseReturn();
        Release();
        var end = octets.LastIndexOfAnyExcept(gap) + 1;
        if (isRelaxed) EmitRelaxed(octets[start..end]);
        else Emit(octets[start..end]);
        Hold(octets[end..]);
    }

    /// <summary>The body has ended.</summary>
    public void Complete()
    {
        ReleaseReturn();
        // Relaxed, a body of nothing but empty lines is empty; simple, it is one CRLF.
        if (octetCount > 0 || !isRelaxed) Emit("\r\n"u8);
        foreach (var digest in digests) digest.Complete(octetCount);
    }

    public void Dispose()
    {
        foreach (var digest in digests) digest.Dispose();
    }

    // Octets that mean nothing until it is known what follows.
    private void Hold(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (octet == '\n' && heldReturn)
            {
                heldReturn = heldSpace = false;
                heldLineEnds++;
                continue;
            }
            ReleaseReturn();
            if (octet == '\r')
            {
                heldReturn = true;
            }
            else if (octet == '\n')
            {
                Release();
                Emit("\n"u8);
            }
            else
            {
                heldSpace = true;
            }
        }
    }

    // The CR that was held is none of a line end: it is content.
    private void ReleaseReturn()
    {
        if (!heldReturn) return;
        heldReturn = false;
        Release();
        Emit("\r"u8);
    }

    // Content follows: the lines and the white space before it count.
    private void Release()
    {
        while (heldLineEnds > 0)
        {
            var lines = (int)Math.Min(heldLineEnds, lineEnds.Length / 2);
            Emit(lineEnds.AsSpan(0, 2 * lines));
            heldLineEnds -= lines;
        }
        if (heldSpace) Emit(" "u8);
        heldSpace = false;
    }

    // A run that begins and ends with octets that are neither white space nor line ends.
    private void EmitRelaxed(ReadOnlySpan<byte> run)
    {
        var from = 0;
        int tab = -1, pair = -1, trail = -1;
        while (true)
        {
            var at = Math.Min(Next(run, from, "\t"u8, ref tab), Math.Min(Next(run, from, "  "u8, ref pair), Next(run, from, " \r"u8, ref trail)));
            if (at == int.MaxValue) break;
            if (at > from && run[at - 1] == ' ') at--; // a blank before the tab
            Emit(run[from..at]);
            from = Squeeze(run, at);
        }
        Emit(run[from..]);
    }

    // From white space on to the end of the line, octet by octet: where there is one such place there are more.
    private int Squeeze(ReadOnlySpan<byte> run, int at)
    {
        Span<byte> squeezed = stackalloc byte[512];
        var used = 0;
        var space = false;
        byte octet = 0;
        while (octet != '\n' && at < run.Length)
        {
            octet = run[at++];
            if (octet is (byte)' ' or (byte)'\t')
            {
                space = true;
                continue;
            }
            // The run ends with content, so that there is an octet after a CR.
            if (space && !(octet == '\r' && run[at] == '\n')) squeezed[used++] = (byte)' ';
            space = false;
            squeezed[used++] = octet;
            if (used < squeezed.Length - 2) continue;
            Emit(squeezed[..used]);
            used = 0;
        }
        Emit(squeezed[..used]);
        return at;
    }

    // Where the pattern is next at or after from; looked for again only when that has been passed, so that all searches
    // together read the run once.
    private static int Next(ReadOnlySpan<byte> run, int from, ReadOnlySpan<byte> pattern, ref int known)
    {
        if (known >= from) return known;
        var found = run[from..].IndexOf(pattern);
        return known = found < 0 ? int.MaxValue : from + found;
    }

    private void Emit(ReadOnlySpan<byte> octets)
    {
        octetCount += octets.Length;
        foreach (var digest in digests) digest.Append(octets);
    }
}
