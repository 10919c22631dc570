using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

public sealed class RotaryTableTests
{
    [Fact]
    public void Rotate_turns_pairs_of_the_two_halves()
    {
        using var scope = NewDisposeScope();
        using var table = new RotaryTable(4, 1e4, CPU);

        var rotated = Arrays.Of(Rotated(table, [1, 2, 3, 4], 1));

        // f = (1, 0.01) on the pairs (1, 3) and (2, 4): 1 cos 1 - 3 sin 1, 2 cos .01 - 4 sin .01, 3 cos 1 + 1 sin 1, 4 cos .01 + 2 sin .01.
        Assert.InRange(Arrays.MaxDifference(rotated, [-1.9841106f, 1.9599007f, 2.4623779f, 4.0197997f]), 0, 1e-6);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(17, 20)]
    [InlineData(1000, 1003)]
    public void Product_of_rotated_vectors_depends_on_their_distance_only(int first, int second)
    {
        using var scope = NewDisposeScope();
        using var table = new RotaryTable(8, 1e4, CPU);
        var (q, k) = (Arrays.Normal(1, 8), Arrays.Normal(2, 8));

        var product = Rotated(table, q, first).mul(Rotated(table, k, second)).sum().item<float>();
        var atOrigin = Rotated(table, q, 0).mul(Rotated(table, k, 3)).sum().item<float>();

        // 8 float32 products of order 1.
        Assert.Equal(atOrigin, product, 2e-6f);
    }

    [Fact]
    public void Frequencies_of_llama3_are_the_published_ones()
    {
        using var scope = NewDisposeScope();

        var frequencies = RotaryTable.Frequencies(128, 5e5, new Llama3RopeScaling(8, 1, 4, 8192)).data<double>().ToArray();

        // adapters.md 6, G3: kept below, blended from 29 to 34, divided by 8 above; rounded to 7 significant digits.
        (int Index, double Frequency)[] expected =
        [
            (0, 1), (28, 3.211446e-3), (29, 2.166571e-3), (30, 1.371894e-3), (31, 8.567514e-4), (35, 9.556212e-5), (40, 3.428102e-5), (63, 3.068926e-7),
        ];
        Assert.Equal(64, frequencies.Length);
        Assert.All(expected, pair => Assert.Equal(1, frequencies[pair.Index] / pair.Frequency, 5e-7));
    }

    [Fact]
    public void Linear_scaling_divides_every_frequency()
    {
        using var scope = NewDisposeScope();

        // theta^(-2j/4) for j = 0, 1 is 1 and 0.01.
        var frequencies = RotaryTable.Frequencies(4, 1e4, new LinearRopeScaling(4)).data<double>().ToArray();

        Assert.Equal(0.25, frequencies[0], 1e-15);
        Assert.Equal(0.0025, frequencies[1], 1e-15);
    }

    [Fact]
    public void Table_grows_without_changing_earlier_rows()
    {
        using var scope = NewDisposeScope();
        using var table = new RotaryTable(6, 1e4, CPU);
        var before = Arrays.Of(Rotated(table, Arrays.Normal(1, 6), 5));

        Rotated(table, Arrays.Normal(1, 6), 5000);

        Assert.Equal(before, Arrays.Of(Rotated(table, Arrays.Normal(1, 6), 5)));
    }

    private static Tensor Rotated(RotaryTable table, float[] vector, long position)
    {
        var (cosines, sines) = table.At(tensor(new[] { position }), position);
        return RotaryTable.Rotate(tensor(vector, [1, 1, vector.Length]), cosines, sines);
    }
}
