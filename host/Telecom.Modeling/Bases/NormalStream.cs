namespace Telecom.Modeling.Bases;

/// <summary>
/// Standard normal numbers from SplitMix64 by Box–Muller. Pair k takes two units of the generator, a then b:
/// r = √(−2 ln(1 − a)), z(2k) = r cos 2πb, z(2k + 1) = r sin 2πb.
/// </summary>
/// <remarks>
/// Logarithm and circular functions of the C library differ in the last digit from platform to platform, which would change a fingerprint now and
/// then. They are therefore summed here from additions, multiplications, divisions and square roots only, which IEEE 754 rounds alike everywhere.
/// </remarks>
internal struct NormalStream(ulong seed)
{
    private const double Sqrt2 = 1.4142135623730951;
    private const double Ln2 = 0.6931471805599453;
    private const int MantissaBits = 52;
    private SplitMix64 units = new(seed);
    private double second;
    private bool hasSecond;

    /// <summary>Fills <paramref name="destination"/> with the next numbers, each times <paramref name="deviation"/>, rounded to float once.</summary>
    public void Fill(Span<float> destination, double deviation)
    {
        var index = 0;
        if (hasSecond && destination.Length > 0)
        {
            destination[index++] = (float)(second * deviation);
            hasSecond = false;
        }

        for (; index + 1 < destination.Length; index += 2)
        {
            var (even, odd) = NextPair();
            destination[index] = (float)(even * deviation);
            destination[index + 1] = (float)(odd * deviation);
        }

        if (index < destination.Length)
        {
            (var first, second) = NextPair();
            hasSecond = true;
            destination[index] = (float)(first * deviation);
        }
    }

    /// <summary>Natural logarithm of a normal number in (0, 1], within 2 ulp.</summary>
    internal static double Log(double x)
    {
        // x = m·2^e with m in (√½, √2]; ln m = 2 artanh t with t = (m − 1)/(m + 1), |t| ≤ 0.1716.
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> MantissaBits) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & ((1L << MantissaBits) - 1)) | (1023L << MantissaBits));
        if (m > Sqrt2)
        {
            m *= 0.5;
            exponent++;
        }

        var t = (m - 1) / (m + 1);
        var s = t * t;

        // artanh t = t (1 + s/3 + s²/5 + …); the first omitted term is below 2e-18.
        var tail = (1.0 / 21) + (s * (1.0 / 23));
        tail = (1.0 / 19) + (s * tail);
        tail = (1.0 / 17) + (s * tail);
        tail = (1.0 / 15) + (s * tail);
        tail = (1.0 / 13) + (s * tail);
        tail = (1.0 / 11) + (s * tail);
        tail = (1.0 / 9) + (s * tail);
        tail = (1.0 / 7) + (s * tail);
        tail = (1.0 / 5) + (s * tail);
        tail = (1.0 / 3) + (s * tail);
        return (exponent * Ln2) + (2 * (t + (t * (s * tail))));
    }

    /// <summary>Cosine and sine of 2π <paramref name="turns"/>, for turns in [0, 1), within 2 · 10^-16.</summary>
    internal static (double Cosine, double Sine) CosSin(double turns)
    {
        // The nearest quarter turn is taken off exactly: turns is a multiple of 2^-53 and the rest lies in [−⅛, ⅛].
        var quarter = (int)((turns * 4) + 0.5);
        var x = (turns - (quarter * 0.25)) * (2 * Math.PI);
        var s = x * x;

        // Taylor sums on |x| ≤ π/4; the first omitted terms are below 2e-18.
        var sine = (1.0 / 355687428096000) * s;
        sine = (-1.0 / 1307674368000) + sine;
        sine = (1.0 / 6227020800) + (s * sine);
        sine = (-1.0 / 39916800) + (s * sine);
        sine = (1.0 / 362880) + (s * sine);
        sine = (-1.0 / 5040) + (s * sine);
        sine = (1.0 / 120) + (s * sine);
        sine = (-1.0 / 6) + (s * sine);
        sine = x + (x * (s * sine));

        var cosine = (1.0 / 20922789888000) * s;
        cosine = (-1.0 / 87178291200) + cosine;
        cosine = (1.0 / 479001600) + (s * cosine);
        cosine = (-1.0 / 3628800) + (s * cosine);
        cosine = (1.0 / 40320) + (s * cosine);
        cosine = (-1.0 / 720) + (s * cosine);
        cosine = (1.0 / 24) + (s * cosine);
        cosine = -0.5 + (s * cosine);
        cosine = 1 + (s * cosine);

        return (quarter & 3) switch
        {
            0 => (cosine, sine),
            1 => (-sine, cosine),
            2 => (-cosine, -sine),
            _ => (sine, -cosine),
        };
    }

    private (double Even, double Odd) NextPair()
    {
        var a = 1 - units.NextUnit();
        var b = units.NextUnit();
        var radius = Math.Sqrt(-2 * Log(a));
        var (cosine, sine) = CosSin(b);
        return (radius * cosine, radius * sine);
    }
}
