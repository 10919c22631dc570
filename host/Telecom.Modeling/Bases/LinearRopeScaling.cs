using System.Globalization;

namespace Telecom.Modeling.Bases;

/// <summary>Position interpolation (Chen et al. 2023): every frequency is divided by the same factor.</summary>
/// <param name="Factor">F, a positive number.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override double Scale(double frequency) => frequency / Factor;

    internal override IEnumerable<string> Problems()
    {
        if (!double.IsFinite(Factor) || Factor <= 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"rope factor {Factor} must be a positive number");
        }
    }
}
