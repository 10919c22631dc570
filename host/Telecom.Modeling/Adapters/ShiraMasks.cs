using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Chooses n of the o i weights of a layer; every result is sorted row by row.</summary>
internal static class ShiraMasks
{
    /// <returns>Positions row i + column, ascending.</returns>
    public static long[] Random(LinearSite site, long count, ref SplitMix64 random)
    {
        var all = Numbers((long)site.Outputs * site.Inputs);
        Shuffle(all, count, ref random);
        return Sorted(all.AsSpan(0, (int)count).ToArray());
    }

    /// <inheritdoc cref="Random"/>
    public static long[] Struct(LinearSite site, long count, ref SplitMix64 random)
    {
        var (rows, columns) = (Numbers(site.Outputs), Numbers(site.Inputs));
        Shuffle(rows, rows.Length, ref random);
        Shuffle(columns, columns.Length, ref random);
        var chosen = new HashSet<long>();
        foreach (var position in Structure(site, rows, columns))
        {
            if (chosen.Count == count)
            {
                break;
            }

            chosen.Add(position);
        }

        return Sorted([.. chosen]);
    }

    /// <summary>The positions of the largest scores; among equal ones those that come first.</summary>
    /// <param name="scores">[o, i], not negative.</param>
    /// <param name="count">How many.</param>
    public static long[] Largest(Tensor scores, long count)
    {
        using var scope = NewDisposeScope();
        var (_, order) = scores.reshape(-1).sort(0, descending: true, stable: true);
        return Sorted(order.narrow(0, 0, count).cpu().contiguous().data<long>().ToArray());
    }

    private static IEnumerable<long> Structure(LinearSite site, long[] rows, long[] columns)
    {
        for (var i = 0; i < Math.Min(rows.Length, columns.Length); i++)
        {
            yield return (long)i * site.Inputs + i;
        }

        for (var turn = 0; turn < Math.Max(rows.Length, columns.Length); turn++)
        {
            for (var column = 0; turn < rows.Length && column < columns.Length; column++)
            {
                yield return rows[turn] * site.Inputs + column;
            }

            for (var row = 0; turn < columns.Length && row < rows.Length; row++)
            {
                yield return ((long)row * site.Inputs) + columns[turn];
            }
        }
    }

    private static long[] Numbers(long count)
    {
        var numbers = new long[count];
        for (var i = 0L; i < count; i++)
        {
            numbers[i] = i;
        }

        return numbers;
    }

    // Fisher and Yates, as far as it is needed.
    private static void Shuffle(long[] values, long count, ref SplitMix64 random)
    {
        for (var i = 0L; i < count; i++)
        {
            var other = i + (long)(random.NextUnit() * (values.Length - i));
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    private static long[] Sorted(long[] positions)
    {
        Array.Sort(positions);
        return positions;
    }
}
