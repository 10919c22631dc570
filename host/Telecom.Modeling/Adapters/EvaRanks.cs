namespace Telecom.Modeling.Adapters;

/// <summary>How EVA (Paischer et al. 2024) spends a budget of ranks over the layers.</summary>
public static class EvaRanks
{
    /// <summary>The largest explained-variance ratios of all layers win one rank each.</summary>
    /// <param name="ratios">Ratios of every layer's components, largest first, at most r ρ of them.</param>
    /// <param name="budget">Sum of the ranks.</param>
    /// <returns>Rank of every layer; 0 removes the adapter there. Equal ratios go to the layer whose name sorts first.</returns>
    public static IReadOnlyDictionary<string, int> Distribute(IReadOnlyDictionary<string, IReadOnlyList<double>> ratios, int budget)
    {
        ArgumentNullException.ThrowIfNull(ratios);
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        var winners = ratios
            .SelectMany(layer => layer.Value.Select((ratio, index) => (layer.Key, Ratio: ratio, Index: index)))
            .OrderByDescending(component => component.Ratio)
            .ThenBy(component => component.Key, StringComparer.Ordinal)
            .ThenBy(component => component.Index)
            .Take(budget)
            .CountBy(component => component.Key)
            .ToDictionary(StringComparer.Ordinal);
        return ratios.Keys.ToDictionary(name => name, name => winners.GetValueOrDefault(name), StringComparer.Ordinal);
    }
}
