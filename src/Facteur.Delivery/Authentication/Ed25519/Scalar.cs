using System.Buffers.Binary;

namespace Facteur.Delivery.Authentication.Ed25519;

/// <summary>
/// Numbers modulo L, the order of the base point (RFC 8032): 32 octets little-endian outside, four 64-bit limbs inside.
/// Montgomery multiplication; nothing branches on a value.
/// </summary>
internal static class Scalar
{
    private const int Limbs = 4;

    // L = 2^252 + 27742317777372353535851937790883648493.
    private static readonly ulong[] order = [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000];
    private static readonly ulong negativeInverse = NegativeInverse(order[0]);

    // R^2 modulo L, with R = 2^256.
    private static readonly ulong[] squareOfR = PowerOfTwo(512);

    /// <summary>64 octets of a hash modulo L.</summary>
    public static void Reduce(ReadOnlySpan<byte> wide, Span<byte> result)
    {
        Span<ulong> low = stackalloc ulong[Limbs], high = stackalloc ulong[Limbs];
        Load(wide, low);
        Load(wide[32..], high);
        // low + high R: one multiplication by R^2 gives x R, a second one by 1 takes R away again.
        Multiply(high, squareOfR, high);
        Multiply(low, squareOfR, low);
        Multiply(low, [1, 0, 0, 0], low);
        Add(low, high, low);
        Store(low, result);
        low.Clear();
        high.Clear();
    }

    /// <summary>a b + c; b below L, a and c any.</summary>
    public static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[Limbs], y = stackalloc ulong[Limbs], z = stackalloc ulong[Limbs];
        Load(a, x);
        Load(b, y);
        Load(c, z);
        Multiply(y, squareOfR, y);
        Multiply(x, y, x);
        Multiply(z, squareOfR, z);
        Multiply(z, [1, 0, 0, 0], z);
        Add(x, z, x);
        Store(x, result);
        x.Clear();
        z.Clear();
    }

    /// <summary>The number is below L: what a signature must hold (RFC 8032; otherwise each signature had a twin).</summary>
    public static bool IsReduced(ReadOnlySpan<byte> octets)
    {
        Span<ulong> x = stackalloc ulong[Limbs];
        Load(octets, x);
        return Subtract(x, order, x) == 1;
    }

    // Montgomery: a b / R modulo L. One of the factors is below L, the other below R.
    private static void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        Span<ulong> t = stackalloc ulong[Limbs + 2];
        t.Clear();
        for (var i = 0; i < Limbs; i++)
        {
            ulong carry = 0;
            for (var j = 0; j < Limbs; j++) t[j] = Step(a[j], b[i], t[j], ref carry);
            var top = (UInt128)t[Limbs] + carry;
            t[Limbs] = (ulong)top;
            t[Limbs + 1] = (ulong)(top >> 64);

            var m = t[0] * negativeInverse;
            carry = 0;
            Step(m, order[0], t[0], ref carry);
            for (var j = 1; j < Limbs; j++) t[j - 1] = Step(m, order[j], t[j], ref carry);
            top = (UInt128)t[Limbs] + carry;
            t[Limbs - 1] = (ulong)top;
            t[Limbs] = t[Limbs + 1] + (ulong)(top >> 64);
        }
        ReduceOnce(t[..Limbs], result);
        t.Clear();
    }

    private static void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        Span<ulong> t = stackalloc ulong[Limbs];
        UInt128 carry = 0;
        for (var i = 0; i < Limbs; i++)
        {
            carry += (UInt128)a[i] + b[i];
            t[i] = (ulong)carry;
            carry >>= 64;
        }
        ReduceOnce(t, result);
    }

    // From below 2 L to below L.
    private static void ReduceOnce(ReadOnlySpan<ulong> value, Span<ulong> result)
    {
        Span<ulong> less = stackalloc ulong[Limbs];
        var keep = 0 - Subtract(value, order, less);
        for (var i = 0; i < Limbs; i++) result[i] = (value[i] & keep) | (less[i] & ~keep);
    }

    /// <returns>1 when it went below zero.</returns>
    private static ulong Subtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong borrow = 0;
        for (var i = 0; i < Limbs; i++)
        {
            var difference = (UInt128)a[i] - b[i] - borrow;
            result[i] = (ulong)difference;
            borrow = (ulong)(difference >> 64) & 1;
        }
        return borrow;
    }

    private static ulong Step(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        var product = Math.BigMul(a, b) + addend + carry;
        carry = (ulong)(product >> 64);
        return (ulong)product;
    }

    private static ulong NegativeInverse(ulong odd)
    {
        var inverse = odd; // right for three bits; each round doubles them
        for (var i = 0; i < 5; i++) inverse *= 2 - (odd * inverse);
        return 0 - inverse;
    }

    private static ulong[] PowerOfTwo(int exponent)
    {
        var x = new ulong[] { 1, 0, 0, 0 };
        for (var i = 0; i < exponent; i++) Add(x, x, x);
        return x;
    }

    private static void Load(ReadOnlySpan<byte> octets, Span<ulong> limbs)
    {
        for (var i = 0; i < Limbs; i++) limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(octets[(8 * i)..]);
    }

    private static void Store(ReadOnlySpan<ulong> limbs, Span<byte> octets)
    {
        for (var i = 0; i < Limbs; i++) BinaryPrimitives.WriteUInt64LittleEndian(octets[(8 * i)..], limbs[i]);
    }
}
