using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class IsolationTests
{
    [Fact]
    public async Task Training_one_task_leaves_base_and_other_adapters_as_they_were()
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules);
        var cancellationToken = TestContext.Current.CancellationToken;
        var other = await session.Executor.RunAsync(
            () => TestAdapter.Trained(TestAdapter.AllTargets(3), session.Model.Configuration, 8), cancellationToken);
        var before = await session.Executor.RunAsync(() => Answer(session.Model, other), cancellationToken);
        var own = await session.Executor.RunAsync(() => Answer(session.Model, session.Adapter), cancellationToken);

        await session.TrainAsync(session.Run(data));

        var after = await session.Executor.RunAsync(() => Answer(session.Model, other), cancellationToken);
        var fingerprint = await session.Executor.RunAsync(session.Model.Weights.RecomputeFingerprint, cancellationToken);
        Assert.Equal(before, after);
        Assert.Equal(session.Model.Fingerprint, fingerprint);
        Assert.NotEqual(own, await session.Executor.RunAsync(() => Answer(session.Model, session.Adapter), cancellationToken));
        await session.Executor.RunAsync(
            () =>
            {
                Assert.All(session.Model.Weights.Tensors.Values, weight => Assert.Null(weight.grad));
                other.Dispose();
            },
            cancellationToken);
    }

    private static byte[] Answer(BaseModel model, Adapter adapter)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var tokens = Arrays.Tokens(1, 2, 5, model.Configuration.HiddenSize);
        return Arrays.BytesOf(model.Forward([new ForwardSegment(new Embeddings(tokens), adapter)])[0]);
    }
}
