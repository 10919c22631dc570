using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Plugins.Viewport.Tests.Contracts;

public sealed class ViewportTensorsTests
{
    private static readonly ITensorView<ViewportRequest, ViewportForecast> View = Benchmarks.Task.TensorView;

    [Fact]
    public void Rows_become_requests_and_forecasts_become_rows()
    {
        var requests = View.Read([History([2, 2, 3], [0, 0, 350, 1, -90, 360, 5, 5, 5, 6, 6, -180])]);
        var answers = requests.Select(request => Requests.Predict("hold", request)).ToArray();
        var output = Assert.Single(View.Write(answers));

        Assert.Equal([0, 0, -10, 1, -90, 0], requests[0].HistoryDegrees.ToArray());
        Assert.Equal([5, 5, 5, 6, 6, 180], requests[1].HistoryDegrees.ToArray());
        Assert.All(requests, request => Assert.Equal((5.0, 20, 0.2), (request.RateHz, request.Steps, request.LastTimeSeconds)));
        Assert.Equal("prediction", output.Name);
        Assert.Equal([2, 20, 3], output.Shape);
        Assert.Equal([1, -90, 0], ((float[])output.Data)[..3]);
        Assert.Equal([6, 6, 180], ((float[])output.Data)[^3..]);
    }

    [Fact]
    public void The_most_recent_hundred_samples_are_kept()
    {
        var request = Assert.Single(View.Read([History([1, 120, 3], [.. Enumerable.Range(0, 360).Select(i => i / 3f / 2)])]));

        Assert.Equal(100, request.HistoryLength);
        Assert.Equal(10f, request.HistoryDegrees.Span[0]);
    }

    [Fact]
    public void The_signature_has_units_and_names_the_shapes()
    {
        Assert.Equal(("history", TensorDataType.Fp32, "deg"), Of(Assert.Single(View.Signature.Inputs)));
        Assert.Equal([-1, -1, 3], View.Signature.Inputs[0].Shape);
        Assert.Equal(("prediction", TensorDataType.Fp32, "deg"), Of(Assert.Single(View.Signature.Outputs)));
        Assert.Equal([-1, 20, 3], View.Signature.Outputs[0].Shape);

        static (string, TensorDataType, string) Of(TensorSpec spec) => (spec.Name, spec.DataType, spec.Unit);
    }

    [Theory]
    [InlineData(new float[] { 0, 0, 0, 0, 90.5f, 0 }, "/history/1", "pitch of sample 1")]
    [InlineData(new float[] { float.NaN, 0, 0, 0, 0, 0 }, "/history/1", "roll of sample 0")]
    [InlineData(new float[] { 0, 0, 0, 0, 0, float.NegativeInfinity }, "/history/1", "yaw of sample 1")]
    [InlineData(new float[] { 0, float.NaN, 0, 0, 0, 0 }, "/history/1", "pitch of sample 0")]
    public void Values_that_are_no_orientation_are_named(float[] second, string pointer, string named)
    {
        var exception = Assert.Throws<InvalidInputException>(() => View.Read([History([2, 2, 3], [0, 0, 0, 0, 0, 0, .. second])]));

        Assert.Equal(pointer, Assert.Single(exception.Errors).Pointer);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_sample_is_refused()
    {
        var exception = Assert.Throws<InvalidInputException>(() => View.Read([History([1, 1, 3], [0, 0, 0])]));

        Assert.Equal("/history", Assert.Single(exception.Errors).Pointer);
    }

    private static TensorValue History(long[] shape, float[] values) => new("history", shape, values);
}
