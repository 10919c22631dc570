using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Methods.Learned;
using TorchSharp;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>Which front direction an answer is based on.</summary>
[Collection<LearnedGroup>]
public sealed class ContentFrontTests(LearnedLab lab)
{
    public static TheoryData<string> Methods() => ["network", "adapted"];

    [Fact]
    public void The_front_is_the_circular_mean_of_yaw()
    {
        // Unit vectors at 170, -170 and 180 degrees add up along 180.
        var front = FrontDirection.Estimate([0, 0, 170, 0, 0, -170, 0, 0, 180]);

        Assert.Equal(180, Math.Abs(front), 1e-9);
    }

    [Fact]
    public void Only_the_trained_dataset_has_the_trained_front() => lab.Run(() =>
    {
        using var front = new ContentFront();
        var untrained = front.Read();
        front.Set(82.6, "jin2022");
        var trained = front.Read();

        Assert.Null(untrained("jin2022"));
        Assert.Equal(82.6, trained("jin2022")!.Value, 1e-5);
        Assert.Equal(82.6, trained("Jin2022")!.Value, 1e-5);
        Assert.Null(trained("wu2017"));
        Assert.Null(trained(string.Empty));
        Assert.Null(trained(null));
        return true;
    });

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Training_stores_the_front_of_the_dataset_it_read(string method)
    {
        using var model = lab.Build(method).Scramble();
        using var data = await lab.ReadTrainingDataAsync(model);
        lab.Run(() =>
        {
            using var noGradient = torch.no_grad();
            return data.Validate(new(Backbone(model), new Random(1)), CancellationToken.None);
        });
        var yaws = TrainingYaws();
        var expected = double.RadiansToDegrees(Math.Atan2(yaws.Sum(Math.Sin), yaws.Sum(Math.Cos)));
        var request = lab.Requests[0] with { Dataset = null };

        var named = model.Predict(request with { Dataset = "head-motion" });
        var explicitly = model.Predict(request with { FrontYawDegrees = (float)expected });

        Assert.InRange(Degrees.Distance(explicitly, named), 0, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void An_unknown_front_is_answered_like_no_front_at_all(string method)
    {
        using var model = lab.Build(method).Scramble();
        lab.Run(() =>
        {
            model.Front().Set(90, "jin2022");
            return true;
        });
        var unknown = lab.Requests[0] with { Dataset = null, FrontYawDegrees = null };

        Assert.Equal(model.Predict(unknown)[0], model.Predict(unknown with { Dataset = "wu2017" })[0]);
        Assert.True(Degrees.Distance(model.Predict(unknown), model.Predict(unknown with { Dataset = "jin2022" })) > 0.1);
        Assert.Equal(model.Predict(unknown with { FrontYawDegrees = 90 })[0], model.Predict(unknown with { Dataset = "jin2022" })[0]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_front_of_the_request_wins_over_the_trained_one(string method)
    {
        using var model = lab.Build(method).Scramble();
        lab.Run(() =>
        {
            model.Front().Set(90, "jin2022");
            return true;
        });
        var request = lab.Requests[0] with { FrontYawDegrees = -20, Dataset = null };

        Assert.Equal(model.Predict(request)[0], model.Predict(request with { Dataset = "jin2022" })[0]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Absolute_yaw_off_ignores_every_front(string method)
    {
        using var model = lab.Build(method, ("absolute-yaw", "off")).Scramble();
        lab.Run(() =>
        {
            model.Front().Set(90, "jin2022");
            return true;
        });
        var request = lab.Requests[0] with { Dataset = null };

        Assert.Equal(model.Predict(request)[0], model.Predict(request with { FrontYawDegrees = 77 })[0]);
        Assert.Equal(model.Predict(request)[0], model.Predict(request with { Dataset = "jin2022" })[0]);
    }

    private static Sdk.Methods.IBackbone? Backbone(LearnedModel model) => model.Loaded.Base?.Backbone(model.Loaded.Adapter);

    // Straight from the files: rows 30 to 108 of each training trace, as often as windows of 20 future rows at step 3 cover them.
    private double[] TrainingYaws() =>
    [
        .. from video in new[] { 1, 2 }
           from user in new[] { 1, 2 }
           let rows = File.ReadAllLines(Path.Combine(lab.Data, "HeadMotion", $"video{video}", "5Hz", $"simple_5Hz_user{user}.csv"))
           from start in Enumerable.Range(0, 20).Select(window => 30 + (3 * window))
           from row in rows.Skip(start).Take(20)
           select double.DegreesToRadians(double.Parse(row.Split(',')[3], System.Globalization.CultureInfo.InvariantCulture)),
    ];
}
