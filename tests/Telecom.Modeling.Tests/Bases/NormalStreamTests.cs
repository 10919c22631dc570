using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Tests.Bases;

public sealed class NormalStreamTests
{
    [Fact]
    public void Logarithm_agrees_with_the_library()
    {
        var units = new SplitMix64(7);
        for (var trial = 0; trial < 100_000; trial++)
        {
            // Also the smallest arguments that occur, down to 2^-53.
            var x = Math.ScaleB(1 - units.NextUnit(), -(trial % 50));
            var expected = Math.Log(x);

            // 1e-15 relative is 4 to 9 ulp: a few roundings of ours, one of the library.
            Assert.Equal(expected, NormalStream.Log(x), 1e-15 * Math.Abs(expected));
        }

        Assert.Equal(0, NormalStream.Log(1));
    }

    [Fact]
    public void Circle_functions_agree_with_the_library()
    {
        var units = new SplitMix64(8);
        for (var trial = 0; trial < 100_000; trial++)
        {
            var turns = units.NextUnit();
            var (cosine, sine) = NormalStream.CosSin(turns);

            // 1e-15: the library's own argument 2π·turns is rounded at up to 6.28, half an ulp of which is 4.4e-16.
            Assert.Equal(Math.Cos(2 * Math.PI * turns), cosine, 1e-15);
            Assert.Equal(Math.Sin(2 * Math.PI * turns), sine, 1e-15);
        }
    }

    [Theory]
    [InlineData(0.0, 1.0, 0.0)]
    [InlineData(0.25, 0.0, 1.0)]
    [InlineData(0.5, -1.0, 0.0)]
    [InlineData(0.75, 0.0, -1.0)]
    public void Quarter_turns_are_exact(double turns, double cosine, double sine)
    {
        Assert.Equal((cosine, sine), NormalStream.CosSin(turns));
    }

    [Fact]
    public void The_stream_is_the_same_however_it_is_cut()
    {
        var whole = new float[101];
        var stream = new NormalStream(3);
        stream.Fill(whole, 1);

        var pieces = new List<float>();
        stream = new NormalStream(3);
        foreach (var length in new[] { 1, 0, 2, 3, 1, 1, 50, 43 })
        {
            var piece = new float[length];
            stream.Fill(piece, 1);
            pieces.AddRange(piece);
        }

        Assert.Equal(whole, pieces);
    }
}
