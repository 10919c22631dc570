namespace Telecom.Datasets.Abr.Synthetic;

/// <summary>
/// A stream of random numbers that belongs to a key, so that a trace is the same whichever traces are made before it. The state is a counter that
/// steps by the golden ratio and is scrambled by the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
internal sealed class KeyedRandom
{
    private const ulong GoldenStep = 0x9E3779B97F4A7C15UL;

    private ulong state;

    /// <param name="key">Any numbers; equal keys give equal streams, different ones unrelated streams.</param>
    public KeyedRandom(params ReadOnlySpan<int> key)
    {
        foreach (var part in key)
        {
            state = Scramble(state + GoldenStep + unchecked((uint)part));
        }
    }

    /// <returns>A uniform number in [low, high).</returns>
    public double Uniform(double low, double high)
    {
        state += GoldenStep;
        return low + ((high - low) * (Scramble(state) >> 11) * (1.0 / (1UL << 53)));
    }

    /// <returns>A whole number from 1 to <paramref name="most"/>, all equally likely.</returns>
    public int OneTo(int most) => 1 + (int)Uniform(0, most);

    private static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
