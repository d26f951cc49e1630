using System.Buffers.Binary;

namespace Facteur.Delivery.Authentication.Ed25519;

/// <summary>
/// A number modulo p = 2^255 - 19 (RFC 8032): five limbs of 51 bits, each of which may run a little over until
/// <see cref="ToBytes"/>. No operation branches on a value or looks one up, so that secrets take no longer than zeros.
/// </summary>
/// <remarks>
/// Limbs after <see cref="Carry"/> are below 2^52; a sum of up to four such elements may be multiplied, since products
/// then stay below 2^128 and what is carried around stays below 2^64.
/// </remarks>
internal readonly struct FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    private const ulong Mask = (1UL << 51) - 1;

    // 16 p, limb by limb: what is added before a subtraction, so that no limb goes below zero.
    private const ulong Low16P = 16 * (Mask - 18);
    private const ulong High16P = 16 * Mask;

    private readonly ulong l0 = l0, l1 = l1, l2 = l2, l3 = l3, l4 = l4;

    public static FieldElement Zero => default;
    public static FieldElement One => new(1, 0, 0, 0, 0);

    public static FieldElement FromSmall(uint value) => new(value, 0, 0, 0, 0);

    /// <summary>Reads 32 octets, little-endian; the highest bit is left out (RFC 8032: it is the sign of x).</summary>
    public static FieldElement FromBytes(ReadOnlySpan<byte> octets) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(octets) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(octets[6..]) >> 3) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(octets[12..]) >> 6) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(octets[19..]) >> 1) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(octets[24..]) >> 12) & Mask);

    /// <summary>The one form below p, 32 octets little-endian.</summary>
    public void ToBytes(Span<byte> octets)
    {
        var t = Carry(l0, l1, l2, l3, l4);
        // q is 1 when t is p or more: the carry out of t + 19.
        var q = (t.l0 + 19) >> 51;
        q = (t.l1 + q) >> 51;
        q = (t.l2 + q) >> 51;
        q = (t.l3 + q) >> 51;
        q = (t.l4 + q) >> 51;
        var a0 = t.l0 + (19 * q);
        var a1 = t.l1 + (a0 >> 51);
        var a2 = t.l2 + (a1 >> 51);
        var a3 = t.l3 + (a2 >> 51);
        var a4 = (t.l4 + (a3 >> 51)) & Mask;
        a0 &= Mask;
        a1 &= Mask;
        a2 &= Mask;
        a3 &= Mask;
        BinaryPrimitives.WriteUInt64LittleEndian(octets, a0 | (a1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(octets[8..], (a1 >> 13) | (a2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(octets[16..], (a2 >> 26) | (a3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(octets[24..], (a3 >> 39) | (a4 << 12));
    }

    public static FieldElement operator +(in FieldElement a, in FieldElement b) =>
        new(a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2, a.l3 + b.l3, a.l4 + b.l4);

    public static FieldElement operator -(in FieldElement a, in FieldElement b) => Carry(
        a.l0 + Low16P - b.l0, a.l1 + High16P - b.l1, a.l2 + High16P - b.l2, a.l3 + High16P - b.l3, a.l4 + High16P - b.l4);

    public static FieldElement operator -(in FieldElement a) => Zero - a;

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        // 2^255 is 19: limbs that fall off the top come back at the bottom, 19-fold.
        ulong b1 = b.l1 * 19, b2 = b.l2 * 19, b3 = b.l3 * 19, b4 = b.l4 * 19;
        return Reduce(
            Math.BigMul(a.l0, b.l0) + Math.BigMul(a.l4, b1) + Math.BigMul(a.l3, b2) + Math.BigMul(a.l2, b3) + Math.BigMul(a.l1, b4),
            Math.BigMul(a.l1, b.l0) + Math.BigMul(a.l0, b.l1) + Math.BigMul(a.l4, b2) + Math.BigMul(a.l3, b3) + Math.BigMul(a.l2, b4),
            Math.BigMul(a.l2, b.l0) + Math.BigMul(a.l1, b.l1) + Math.BigMul(a.l0, b.l2) + Math.BigMul(a.l4, b3) + Math.BigMul(a.l3, b4),
            Math.BigMul(a.l3, b.l0) + Math.BigMul(a.l2, b.l1) + Math.BigMul(a.l1, b.l2) + Math.BigMul(a.l0, b.l3) + Math.BigMul(a.l4, b4),
            Math.BigMul(a.l4, b.l0) + Math.BigMul(a.l3, b.l1) + Math.BigMul(a.l2, b.l2) + Math.BigMul(a.l1, b.l3) + Math.BigMul(a.l0, b.l4));
    }

    public FieldElement Square()
    {
        ulong d0 = l0 * 2, d1 = l1 * 2, d2 = l2 * 2, t3 = l3 * 19, t4 = l4 * 19;
        return Reduce(
            Math.BigMul(l0, l0) + Math.BigMul(d1, t4) + Math.BigMul(d2, t3),
            Math.BigMul(d0, l1) + Math.BigMul(d2, t4) + Math.BigMul(l3, t3),
            Math.BigMul(d0, l2) + Math.BigMul(l1, l1) + Math.BigMul(l3 * 2, t4),
            Math.BigMul(d0, l3) + Math.BigMul(d1, l2) + Math.BigMul(l4, t4),
            Math.BigMul(d0, l4) + Math.BigMul(d1, l3) + Math.BigMul(l2, l2));
    }

    /// <summary>1/x, being x^(p-2); 0 for 0.</summary>
    public FieldElement Invert()
    {
        var (power250, power11) = Powers();
        return power250.Square(5) * power11;
    }

    /// <summary>x^((p-5)/8) = x^(2^252-3), of which square roots are made (RFC 8032).</summary>
    public FieldElement RootPower() => Powers().Power250.Square(2) * this;

    /// <summary>b where <paramref name="mask"/> is all ones, a where it is zero.</summary>
    public static FieldElement Choose(in FieldElement a, in FieldElement b, ulong mask) => new(
        a.l0 ^ (mask & (a.l0 ^ b.l0)), a.l1 ^ (mask & (a.l1 ^ b.l1)), a.l2 ^ (mask & (a.l2 ^ b.l2)),
        a.l3 ^ (mask & (a.l3 ^ b.l3)), a.l4 ^ (mask & (a.l4 ^ b.l4)));

    /// <summary>Compares numbers that are no secrets.</summary>
    public static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Span<byte> left = stackalloc byte[32], right = stackalloc byte[32];
        a.ToBytes(left);
        b.ToBytes(right);
        return left.SequenceEqual(right);
    }

    /// <summary>Lowest bit of the form below p: the "sign" of RFC 8032.</summary>
    public int Parity()
    {
        Span<byte> octets = stackalloc byte[32];
        ToBytes(octets);
        return octets[0] & 1;
    }

    private FieldElement Square(int times)
    {
        var x = this;
        for (var i = 0; i < times; i++) x = x.Square();
        return x;
    }

    // x^(2^250-1) and x^11, which both exponents are made of.
    private (FieldElement Power250, FieldElement Power11) Powers()
    {
        var x2 = Square();
        var x9 = x2.Square(2) * this;
        var x11 = x9 * x2;
        var n5 = x11.Square() * x9;
        var n10 = n5.Square(5) * n5;
        var n20 = n10.Square(10) * n10;
        var n40 = n20.Square(20) * n20;
        var n50 = n40.Square(10) * n10;
        var n100 = n50.Square(50) * n50;
        var n200 = n100.Square(100) * n100;
        return (n200.Square(50) * n50, x11);
    }

    private static FieldElement Reduce(UInt128 c0, UInt128 c1, UInt128 c2, UInt128 c3, UInt128 c4)
    {
        c1 += (ulong)(c0 >> 51);
        c2 += (ulong)(c1 >> 51);
        c3 += (ulong)(c2 >> 51);
        c4 += (ulong)(c3 >> 51);
        var r0 = ((ulong)c0 & Mask) + ((ulong)(c4 >> 51) * 19);
        return new(r0 & Mask, ((ulong)c1 & Mask) + (r0 >> 51), (ulong)c2 & Mask, (ulong)c3 & Mask, (ulong)c4 & Mask);
    }

    private static FieldElement Carry(ulong a0, ulong a1, ulong a2, ulong a3, ulong a4) => new(
        (a0 & Mask) + ((a4 >> 51) * 19), (a1 & Mask) + (a0 >> 51), (a2 & Mask) + (a1 >> 51), (a3 & Mask) + (a2 >> 51), (a4 & Mask) + (a3 >> 51));
}
