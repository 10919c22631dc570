using Telecom.Modeling.Training;
using Telecom.Sdk.Training;

namespace Telecom.Modeling.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(4, 1.0)]
    [InlineData(9, 2.0)]
    [InlineData(10, 2.0)]
    [InlineData(40, 1.5)]
    [InlineData(55, 1.0)]
    [InlineData(70, 0.5)]
    [InlineData(100, 0.0)]
    public void Warm_up_is_linear_and_the_cosine_falls_to_zero(long step, double expected)
    {
        var schedule = new LearningRateSchedule(new TrainingOptions { LearningRate = 2, WarmUp = 0.1 }, totalSteps: 100);

        // After 10 of 100 steps: 1 + cos(pi (s - 10) / 90), which is 1.5 at a third, 1 in the middle and 0.5 at two thirds.
        Assert.Equal(expected, schedule.At(step), 1e-12);
    }

    [Fact]
    public void Warm_up_of_a_broken_number_of_steps_never_exceeds_the_peak()
    {
        var schedule = new LearningRateSchedule(new TrainingOptions { LearningRate = 1, WarmUp = 0.03 }, totalSteps: 120);

        // 3.6 steps are 4: one quarter each.
        Assert.Equal([0.25, 0.5, 0.75, 1.0, 1.0], Enumerable.Range(0, 5).Select(step => schedule.At(step)));
    }

    [Fact]
    public void Without_warm_up_and_cosine_the_rate_is_constant()
    {
        var schedule = new LearningRateSchedule(new TrainingOptions { LearningRate = 0.5, WarmUp = 0, Cosine = false }, totalSteps: 7);

        Assert.All(Enumerable.Range(0, 7), step => Assert.Equal(0.5, schedule.At(step)));
    }

    [Fact]
    public void Warm_up_may_last_the_whole_run()
    {
        var schedule = new LearningRateSchedule(new TrainingOptions { LearningRate = 1, WarmUp = 1 }, totalSteps: 4);

        Assert.Equal([0.25, 0.5, 0.75, 1.0], Enumerable.Range(0, 4).Select(step => schedule.At(step)));
    }
}
