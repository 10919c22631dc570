using Telecom.Plugins.Abr.Pool;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Where the sessions of a pool begin and end.</summary>
internal sealed class Sessions
{
    private readonly int[] starts;
    private readonly int[] ends;

    private Sessions(int[] starts, int[] ends)
    {
        (this.starts, this.ends) = (starts, ends);
        Longest = starts.Zip(ends, (start, end) => end - start).Max();
        Shortest = starts.Zip(ends, (start, end) => end - start).Min();
    }

    /// <summary>Records of the longest session.</summary>
    public int Longest { get; }

    /// <summary>Records of the shortest session.</summary>
    public int Shortest { get; }

    /// <summary>Finds the sessions of a pool, whose last record must end one.</summary>
    public static Sessions Of(ExperiencePool pool)
    {
        var (starts, ends) = (new int[pool.Count], new int[pool.Count]);
        for (int start = 0, end; start < pool.Count; start = end)
        {
            end = Array.IndexOf(pool.Done, true, start) + 1;
            starts.AsSpan(start, end - start).Fill(start);
            ends.AsSpan(start, end - start).Fill(end);
        }

        return new(starts, ends);
    }

    /// <returns>First record of the session that a record belongs to.</returns>
    public int StartOf(int record) => starts[record];

    /// <summary>A window of one session that holds <paramref name="record"/>.</summary>
    /// <param name="record">A record.</param>
    /// <param name="length">Records of the window, at most <see cref="Shortest"/>.</param>
    /// <param name="offset">Wanted place of the record in the window; moved where the session begins or ends too near.</param>
    /// <returns>First record of the window.</returns>
    public int WindowAround(int record, int length, int offset) => Math.Clamp(record - offset, starts[record], ends[record] - length);
}
