using System.Globalization;
using Telecom.Sdk.Domains;

namespace Telecom.Datasets.Abr.Synthetic;

/// <summary>
/// Traces of GENET's kind: lo ~ U(0.1, 0.8), hi ~ U(lo + 0.6, 5.5) Mbit/s and a longest hold T ~ {1..8} per trace; points follow each other after
/// U(0.1, 3.5) s; a capacity U(lo, hi) is held for {1..T} points. Times and capacities are rounded to two decimals.
/// </summary>
/// <remarks>Every trace draws from a stream keyed by seed, split and index: it does not depend on which others exist.</remarks>
internal sealed class SynthModel(double seconds, int seed)
{
    private const double LowestMbps = 0.1;
    private const double HighestMbps = 5.5;
    private const int LongestHold = 8;
    private const double ShortestGapSeconds = 0.1;

    /// <param name="split">Name of the split.</param>
    /// <param name="index">Index in the split.</param>
    public ThroughputTrace Trace(string split, int index)
    {
        var random = new KeyedRandom(seed, SynthOptions.SplitNames.ToList().IndexOf(split), index);
        var low = random.Uniform(LowestMbps, 0.8);
        var high = random.Uniform(low + 0.6, HighestMbps);
        var longest = random.OneTo(LongestHold);
        var (times, capacities) = (new List<double>(), new List<double>());
        var (time, capacity, left) = (0.0, 0.0, 0);
        while (time <= seconds)
        {
            if (left-- == 0)
            {
                capacity = Math.Round(random.Uniform(low, high), 2);
                left = random.OneTo(longest) - 1;
            }

            times.Add(time);
            capacities.Add(capacity);
            time = Math.Round(time + Math.Round(random.Uniform(ShortestGapSeconds, 3.5), 2), 2);
        }

        return new()
        {
            Set = split,
            Name = string.Create(CultureInfo.InvariantCulture, $"synth_{split}_{index:000}"),
            TimesSeconds = times.ToArray(),
            CapacityMbps = capacities.ToArray(),
            StartPointer = random.OneTo(times.Count - 1),
        };
    }
}
