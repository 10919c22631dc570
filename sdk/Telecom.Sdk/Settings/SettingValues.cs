using System.Collections.Frozen;
using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Settings;

/// <summary>Immutable values of a list of <see cref="SettingDescriptor"/>; every getter names the setting it could not read.</summary>
public sealed class SettingValues
{
    private readonly FrozenDictionary<string, string> values;

    private SettingValues(IReadOnlyList<SettingDescriptor> descriptors, FrozenDictionary<string, string> values)
    {
        Descriptors = descriptors;
        this.values = values;
    }

    /// <summary>No settings at all.</summary>
    public static SettingValues Empty { get; } = new([], FrozenDictionary<string, string>.Empty);

    /// <summary>What can be set, in declaration order.</summary>
    public IReadOnlyList<SettingDescriptor> Descriptors { get; }

    /// <summary>Defaults overlaid with <paramref name="overrides"/>.</summary>
    /// <exception cref="TelecomException">An override names no setting (<see cref="ErrorCode.InvalidInput"/>).</exception>
    public static SettingValues Create(IReadOnlyList<SettingDescriptor> descriptors, IEnumerable<KeyValuePair<string, string>> overrides)
    {
        var merged = descriptors.ToDictionary(descriptor => descriptor.Name, descriptor => descriptor.Default, StringComparer.Ordinal);
        foreach (var (name, value) in overrides)
        {
            if (!merged.ContainsKey(name))
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput,
                    $"Unknown setting '{name}'. Known settings: {string.Join(", ", descriptors.Select(descriptor => descriptor.Name))}.");
            }

            merged[name] = value;
        }

        return new SettingValues(descriptors, merged.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>All names and values, in declaration order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs =>
        Descriptors.Select(descriptor => KeyValuePair.Create(descriptor.Name, values[descriptor.Name]));

    /// <returns>The value as text.</returns>
    public string Text(string name) => values[name];

    /// <returns>The value as an integer within the given bounds.</returns>
    public int Integer(string name, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        int.TryParse(values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"an integer from {minimum} to {maximum}"));

    /// <returns>The value as a finite number within the given bounds.</returns>
    public double Number(string name, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        double.TryParse(values[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"));

    /// <returns>The value as <c>true</c> or <c>false</c>.</returns>
    public bool Flag(string name) => bool.TryParse(values[name], out var value) ? value : throw Invalid(name, "true or false");

    /// <returns>The value, which must be one of <paramref name="allowed"/>.</returns>
    public string Choice(string name, params ReadOnlySpan<string> allowed)
    {
        foreach (var candidate in allowed)
        {
            if (string.Equals(candidate, values[name], StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        throw Invalid(name, $"one of {string.Join(", ", allowed.ToArray())}");
    }

    private TelecomException Invalid(string name, string wanted) =>
        new(ErrorCode.InvalidInput, $"Setting {name}={values[name]} is not valid: it must be {wanted}.");
}
