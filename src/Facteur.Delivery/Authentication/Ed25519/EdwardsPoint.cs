namespace Facteur.Delivery.Authentication.Ed25519;

/// <summary>
/// A point of edwards25519 in extended homogeneous coordinates (RFC 8032): x = X/Z, y = Y/Z, xy = T/Z. The addition is
/// complete: it holds for the neutral element and for doubling too, without a branch.
/// </summary>
internal readonly struct EdwardsPoint
{
    private static readonly FieldElement d = -FieldElement.FromSmall(121665) * FieldElement.FromSmall(121666).Invert();
    private static readonly FieldElement twoD = d + d;

    // 2^((p-1)/4): its square is -1.
    private static readonly FieldElement rootOfMinusOne = FieldElement.FromSmall(2).RootPower().Square() * FieldElement.FromSmall(2);

    private readonly FieldElement x, y, z, t;

    private EdwardsPoint(in FieldElement x, in FieldElement y, in FieldElement z, in FieldElement t) => (this.x, this.y, this.z, this.t) = (x, y, z, t);

    public static EdwardsPoint Neutral => new(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);

    /// <summary>The generator B: y is 4/5, x even.</summary>
    public static EdwardsPoint Base { get; } = MakeBase();

    /// <summary>An addend, with what every addition of it needs worked out once.</summary>
    public readonly struct Addend
    {
        internal readonly FieldElement Sum, Difference, Z, ScaledT;

        private Addend(in FieldElement sum, in FieldElement difference, in FieldElement z, in FieldElement scaledT) =>
            (Sum, Difference, Z, ScaledT) = (sum, difference, z, scaledT);

        public Addend(in EdwardsPoint point) : this(point.y + point.x, point.y - point.x, point.z, point.t * twoD) { }

        /// <summary>b where <paramref name="mask"/> is all ones, a where it is zero.</summary>
        public static Addend Choose(in Addend a, in Addend b, ulong mask) => new(
            FieldElement.Choose(a.Sum, b.Sum, mask), FieldElement.Choose(a.Difference, b.Difference, mask),
            FieldElement.Choose(a.Z, b.Z, mask), FieldElement.Choose(a.ScaledT, b.ScaledT, mask));
    }

    public EdwardsPoint Add(in Addend other)
    {
        var a = (y - x) * other.Difference;
        var b = (y + x) * other.Sum;
        var c = t * other.ScaledT;
        var zz = z * other.Z;
        var e = b - a;
        var f = zz + zz - c;
        var g = zz + zz + c;
        var h = b + a;
        return new(e * f, g * h, f * g, e * h);
    }

    public EdwardsPoint Double()
    {
        var a = x.Square();
        var b = y.Square();
        var zz = z.Square();
        var e = (x + y).Square() - a - b;
        var g = b - a;
        var f = g - (zz + zz);
        var h = -(a + b);
        return new(e * f, g * h, f * g, e * h);
    }

    public EdwardsPoint Negate() => new(-x, y, z, -t);

    /// <summary>Reads a point; false when the octets are not the one encoding of a point on the curve (RFC 8032).</summary>
    public static bool TryDecode(ReadOnlySpan<byte> octets, out EdwardsPoint point)
    {
        point = default;
        var y = FieldElement.FromBytes(octets);
        Span<byte> canonical = stackalloc byte[32];
        y.ToBytes(canonical);
        canonical[31] |= (byte)(octets[31] & 0x80);
        return canonical.SequenceEqual(octets) && TryRecover(y, octets[31] >> 7, out point);
    }

    public void Encode(Span<byte> octets)
    {
        var inverse = z.Invert();
        (y * inverse).ToBytes(octets);
        octets[31] |= (byte)((x * inverse).Parity() << 7);
    }

    // x from y: the root of (y^2-1)/(dy^2+1).
    private static bool TryRecover(in FieldElement y, int sign, out EdwardsPoint point)
    {
        point = default;
        var yy = y.Square();
        var u = yy - FieldElement.One;
        var v = (d * yy) + FieldElement.One;
        var v3 = v.Square() * v;
        var x = u * v3 * (u * v3.Square() * v).RootPower();
        var check = v * x.Square();
        if (!FieldElement.AreEqual(check, u))
        {
            if (!FieldElement.AreEqual(check, -u)) return false;
            x *= rootOfMinusOne;
        }
        if (x.Parity() != sign)
        {
            if (FieldElement.AreEqual(x, FieldElement.Zero)) return false;
            x = -x;
        }
        point = new(x, y, FieldElement.One, x * y);
        return true;
    }

    private static EdwardsPoint MakeBase()
    {
        TryRecover(FieldElement.FromSmall(4) * FieldElement.FromSmall(5).Invert(), sign: 0, out var point);
        return point;
    }
}
