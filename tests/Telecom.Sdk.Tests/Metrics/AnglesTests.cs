using FsCheck;
using FsCheck.Fluent;
using Telecom.Sdk.Metrics;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Metrics;

public sealed class AnglesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(180, 180)]
    [InlineData(-180, 180)]
    [InlineData(180.5, -179.5)]
    [InlineData(-180.5, 179.5)]
    [InlineData(360, 0)]
    [InlineData(450, 90)]
    [InlineData(540, 180)]
    [InlineData(-540, 180)]
    [InlineData(-450, -90)]
    [InlineData(3600.25, 0.25)]
    public void Wrap_moves_by_whole_turns(double degrees, double expected)
    {
        Assert.Equal(expected, Angles.Wrap(degrees));
        Assert.Equal((float)expected, Angles.Wrap((float)degrees));
    }

    [Fact]
    public void Wrap_keeps_the_neighbours_of_the_seam_apart()
    {
        Assert.Equal(Math.BitDecrement(180.0), Angles.Wrap(Math.BitDecrement(180.0)));
        Assert.Equal(Math.BitIncrement(180.0) - 360.0, Angles.Wrap(Math.BitIncrement(180.0)));
        Assert.Equal(Math.BitIncrement(-180.0), Angles.Wrap(Math.BitIncrement(-180.0)));
    }

    [Theory]
    [InlineData(1e17)]
    [InlineData(-1e300)]
    [InlineData(double.MaxValue)]
    public void Wrap_of_a_huge_angle_stays_in_the_interval(double degrees)
    {
        var wrapped = Angles.Wrap(degrees);

        Assert.True(wrapped is > -180.0 and <= 180.0, $"{wrapped}");
    }

    [Fact]
    public void Wrap_does_not_depend_on_whole_turns() => Properties.Hold(
        Gen.Choose(-180 * 1024, 180 * 1024).Zip(Gen.Choose(-1000, 1000)),
        pair =>
        {
            // Multiples of 1/1024 degree: every sum is exact, so the results are equal to the last bit.
            var degrees = pair.Item1 / 1024.0;
            var wrapped = Angles.Wrap(degrees + (360.0 * pair.Item2));
            return wrapped == Angles.Wrap(degrees) && wrapped is > -180.0 and <= 180.0;
        });

    [Theory]
    [InlineData(0, 0, 0, 90, 90)]
    [InlineData(0, 0, 60, 0, 60)]
    [InlineData(90, 0, -90, 0, 180)]
    [InlineData(10, 20, -10, -160, 180)]
    [InlineData(45, 0, 45, 180, 90)]
    [InlineData(0, 179, 0, -179, 2)]
    [InlineData(90, 0, 90, 123, 0)]
    [InlineData(30, 0, 30, 90, 75.522487814070084)]
    public void GreatCircle_agrees_with_hand_values(double pitchA, double yawA, double pitchB, double yawB, double expected)
    {
        // The last case: cos d = sin² 30° + cos² 30° cos 90° = 1/4. A few roundings of values near 180: 1e-12.
        Assert.Equal(expected, Angles.GreatCircle(pitchA, yawA, pitchB, yawB), 1e-12);
        Assert.Equal(expected, Angles.GreatCircle(pitchB, yawB, pitchA, yawA), 1e-12);
    }

    [Theory]
    [InlineData(0, 1e-9, 1e-9)]
    [InlineData(60, 1e-9, 0.5e-9)]
    [InlineData(0, 180 - 1e-9, 180 - 1e-9)]
    public void GreatCircle_is_exact_for_tiny_and_nearly_opposite_directions(double pitch, double yaw, double expected)
    {
        // An arccosine would be wrong by 1e-6 degrees here; cos 60° = 1/2 halves the step at that latitude.
        Assert.Equal(expected, Angles.GreatCircle(pitch, 0, pitch, yaw), 1e-13);
    }
}
