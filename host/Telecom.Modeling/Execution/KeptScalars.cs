using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Execution;

/// <summary>Arithmetic with a number that the garbage collector cannot take away during the call.</summary>
/// <remarks>
/// TorchSharp turns a number into a <see cref="Scalar"/> that its finalizer frees, and lets go of it before native code has read it. A collection at
/// that moment makes the call fail ("Unknown scalar type") or compute with another number: measured with TorchSharp 0.107, 30 of 300 000
/// calls of <c>mul</c> beside a thread that collects without pause. Whatever serves uses these methods, or scalars that are kept in fields.
/// </remarks>
internal static class KeptScalars
{
    // What add multiplies its second tensor by: TorchSharp makes a new number of it in every call that names none.
    private static readonly Scalar One = 1L;

    /// <returns>start, start + 1, … below <paramref name="end"/>, as int64.</returns>
    public static Tensor Range(long start, long end, Device device)
    {
        using Scalar first = start;
        using Scalar stop = end;
        using Scalar step = 1L;
        return arange(first, stop, step, int64, device);
    }

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

    /// <returns>values + summand.</returns>
    public static Tensor Plus(this Tensor values, double summand)
    {
        using Scalar scalar = summand;
        return values.add(scalar);
    }

    /// <returns>values + summand; integers stay integers.</returns>
    public static Tensor Plus(this Tensor values, long summand)
    {
        using Scalar scalar = summand;
        return values.add(scalar);
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
        return values.add_(scalar);
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
}
