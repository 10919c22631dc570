namespace Telecom.Plugins.Abr.Simulation;

/// <summary>
/// Random factors of the delays of one session. Its stream belongs to the seed and the session's index, so that neither the order nor the number of
/// sessions changes it (SplitMix64, Steele, Lea and Flood, OOPSLA 2014).
/// </summary>
internal struct DelayNoise
{
    private const ulong GoldenStep = 0x9E3779B97F4A7C15UL;

    private readonly double halfWidth;
    private ulong state;

    /// <param name="halfWidth">Factors are uniform in [1 − halfWidth, 1 + halfWidth); 0 for none.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="session">Index of the session in the run.</param>
    public DelayNoise(double halfWidth, int seed, int session)
    {
        this.halfWidth = halfWidth;
        state = Scramble(Scramble(unchecked((uint)seed) + GoldenStep) + unchecked((uint)session) + GoldenStep);
    }

    /// <returns>The factor of the next chunk.</returns>
    public double Next()
    {
        if (halfWidth == 0)
        {
            return 1;
        }

        state += GoldenStep;
        var uniform = (Scramble(state) >> 11) * (1.0 / (1UL << 53));
        return 1 + (halfWidth * ((2 * uniform) - 1));
    }

    private static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
