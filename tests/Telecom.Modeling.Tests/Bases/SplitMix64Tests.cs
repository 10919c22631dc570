using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Tests.Bases;

public sealed class SplitMix64Tests
{
    [Fact]
    public void Seed_42_starts_with_the_published_numbers()
    {
        var generator = new SplitMix64(42);

        Assert.Equal(13679457532755275413UL, generator.Next());
        Assert.Equal(2949826092126892291UL, generator.Next());
    }

    [Fact]
    public void Units_are_the_upper_53_bits()
    {
        var bits = new SplitMix64(42);
        var units = new SplitMix64(42);

        Assert.Equal((bits.Next() >> 11) / 9007199254740992.0, units.NextUnit());
        Assert.Equal((bits.Next() >> 11) / 9007199254740992.0, units.NextUnit());
    }
}
