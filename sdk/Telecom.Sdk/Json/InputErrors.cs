using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Json;

/// <summary>Collects what is wrong with a request, so that one refusal names everything.</summary>
public sealed class InputErrors
{
    // A hostile document must not grow the refusal without bound.
    private const int Limit = 20;

    private readonly List<InputError> errors = [];

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool None => errors.Count == 0;

    /// <summary>Whether further errors are still recorded.</summary>
    public bool Full => errors.Count >= Limit;

    /// <summary>What is wrong so far, in the order it was recorded.</summary>
    public IReadOnlyList<InputError> All => errors;

    /// <summary>Records a wrong member.</summary>
    /// <param name="pointer">JSON pointer, e.g. <c>/samples/3/pitch</c>.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public void Add(string pointer, string message)
    {
        if (!Full)
        {
            errors.Add(new(pointer, message));
        }
    }

    /// <summary>Records <paramref name="value"/> unless it is finite and within the bounds.</summary>
    public void Range(string pointer, double value, double minimum, double maximum, string unit)
    {
        if (!double.IsFinite(value) || value < minimum || value > maximum)
        {
            Add(pointer, string.Create(CultureInfo.InvariantCulture, $"must be a finite number from {minimum} to {maximum} {unit}, but is {value}."));
        }
    }

    /// <summary>Throws when anything was recorded.</summary>
    /// <exception cref="InvalidInputException">Carries every recorded error.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
        {
            throw new InvalidInputException(errors);
        }
    }
}
