using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Sdk.Tensors;

/// <summary>Arithmetic with a number that the garbage collector cannot take away during the call.</summary>
/// <remarks>
/// TorchSharp turns a number into a <see cref="Scalar"/> that its finalizer frees, and lets go of it before native code has read it. A collection at
/// that moment makes the call fail ("Unknown scalar type") or compute with another number: measured with TorchSharp 0.107, 30 of 300 000
/// calls of <c>mul</c> beside a thread that collects without pause. Whatever serves uses these methods, or scalars that are kept in fields or by
/// <c>using</c>; the analyzer TEL005 finds the rest, the factor 1 that <c>add</c> hides among them.
/// </remarks>
public static class KeptScalars
{
    // What add multiplies its second tensor by: TorchSharp makes a new number of it in every call that names none.
    private static readonly Scalar One = 1L;

    /// <summary>Evenly spaced integers.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">Excluded.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="step">From one to the next; not 0.</param>
    /// <returns>start, start + step, … before <paramref name="end"/>, as int64.</returns>
    public static Tensor Range(long start, long end, Device device, long step = 1)
    {
        using Scalar first = start;
        using Scalar stop = end;
        using Scalar stride = step;
        return arange(first, stop, stride, int64, device);
    }

    /// <returns>A tensor of that size with <paramref name="value"/> everywhere, as float32.</returns>
    public static Tensor Full(long[] size, double value)
    {
        using Scalar scalar = value;
        return full(size, scalar, float32);
    }

    /// <returns>values².</returns>
    public static Tensor Squared(this Tensor values) => values.mul(values);

    /// <returns>values · factor; integers stay integers.</returns>
    public static Tensor Times(this Tensor values, long factor)
    {
        using Scalar scalar = factor;
        return values.mul(scalar);
    }

    /// <returns>values · factor.</returns>
    public static Tensor Times(this Tensor values, double factor)
    {
        using Scalar scalar = factor;
        return values.mul(scalar);
    }

    /// <returns>values / divisor.</returns>
    public static Tensor Over(this Tensor values, double divisor)
    {
        using Scalar scalar = divisor;
        return values.div(scalar);
    }

    /// <returns>values + summand.</returns>
    public static Tensor Plus(this Tensor values, Tensor summand) => values.add(summand, One);

    /// <summary>values ← values + summand.</summary>
    public static Tensor PlusInPlace(this Tensor values, Tensor summand) => values.add_(summand, One);

    /// <returns>values + summand, a number that the caller keeps alive.</returns>
    public static Tensor Plus(this Tensor values, Scalar summand) => values.add(summand, One);

    /// <summary>values ← values + summand, a number that the caller keeps alive.</summary>
    public static Tensor PlusInPlace(this Tensor values, Scalar summand) => values.add_(summand, One);

    /// <returns>values − subtrahend.</returns>
    public static Tensor Minus(this Tensor values, double subtrahend)
    {
        using Scalar scalar = subtrahend;
        return values.sub(scalar);
    }

    /// <returns>values + summand.</returns>
    public static Tensor Plus(this Tensor values, double summand)
    {
        using Scalar scalar = summand;
        return values.add(scalar, One);
    }

    /// <returns>values + summand; integers stay integers.</returns>
    public static Tensor Plus(this Tensor values, long summand)
    {
        using Scalar scalar = summand;
        return values.add(scalar, One);
    }

    /// <summary>values ← values · factor.</summary>
    public static Tensor TimesInPlace(this Tensor values, double factor)
    {
        using Scalar scalar = factor;
        return values.mul_(scalar);
    }

    /// <summary>values ← values / divisor.</summary>
    public static Tensor OverInPlace(this Tensor values, double divisor)
    {
        using Scalar scalar = divisor;
        return values.div_(scalar);
    }

    /// <summary>values ← values + summand.</summary>
    public static Tensor PlusInPlace(this Tensor values, double summand)
    {
        using Scalar scalar = summand;
        return values.add_(scalar, One);
    }

    /// <summary>values ← values + factor · summand.</summary>
    public static Tensor PlusInPlace(this Tensor values, Tensor summand, double factor)
    {
        using Scalar scalar = factor;
        return values.add_(summand, scalar);
    }

    /// <summary>values ← values + factor · first · second.</summary>
    public static Tensor PlusProductInPlace(this Tensor values, Tensor first, Tensor second, double factor)
    {
        using Scalar scalar = factor;
        return values.addcmul_(first, second, scalar);
    }

    /// <summary>values ← values + factor · dividend / divisor.</summary>
    public static Tensor PlusQuotientInPlace(this Tensor values, Tensor dividend, Tensor divisor, double factor)
    {
        using Scalar scalar = factor;
        return values.addcdiv_(dividend, divisor, scalar);
    }

    /// <returns>max(values, minimum).</returns>
    public static Tensor AtLeast(this Tensor values, double minimum)
    {
        using Scalar scalar = minimum;
        return values.clamp_min(scalar);
    }

    /// <returns>max(values, minimum); integers stay integers.</returns>
    public static Tensor AtLeast(this Tensor values, long minimum)
    {
        using Scalar scalar = minimum;
        return values.clamp_min(scalar);
    }

    /// <returns>Whether values &lt; limit.</returns>
    public static Tensor IsBelow(this Tensor values, long limit)
    {
        using Scalar scalar = limit;
        return values.lt(scalar);
    }

    /// <returns>Whether values &gt; limit.</returns>
    public static Tensor IsAbove(this Tensor values, long limit)
    {
        using Scalar scalar = limit;
        return values.gt(scalar);
    }

    /// <returns>Whether values ≥ limit.</returns>
    public static Tensor IsAtLeast(this Tensor values, long limit)
    {
        using Scalar scalar = limit;
        return values.ge(scalar);
    }

    /// <returns>min(max(values, minimum), maximum); integers stay integers.</returns>
    public static Tensor Within(this Tensor values, long minimum, long maximum)
    {
        using Scalar least = minimum;
        using Scalar most = maximum;
        return values.clamp(least, most);
    }

    /// <returns>⌊values / divisor⌋; integers stay integers.</returns>
    public static Tensor OverDown(this Tensor values, long divisor)
    {
        using Scalar scalar = divisor;
        return values.div(scalar, RoundingMode.floor);
    }

    /// <returns>values modulo divisor, with the sign of the divisor; integers stay integers.</returns>
    public static Tensor Remainder(this Tensor values, long divisor)
    {
        using Scalar scalar = divisor;
        return values.remainder(scalar);
    }

    /// <returns>max(values, 0) + slope · min(values, 0).</returns>
    public static Tensor LeakyRelu(this Tensor values, double slope)
    {
        using Scalar scalar = slope;
        return values.leaky_relu(scalar);
    }

    /// <summary>values ← value everywhere.</summary>
    public static Tensor FillInPlace(this Tensor values, double value)
    {
        using Scalar scalar = value;
        return values.fill_(scalar);
    }
}
