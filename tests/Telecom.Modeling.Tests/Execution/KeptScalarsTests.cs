using Telecom.Modeling.Execution;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Execution;

public sealed class KeptScalarsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_survive_a_collector_that_never_pauses()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var collector = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            },
            Token);
        await using var executor = await DeviceExecutor.StartAsync("cpu", threads: 1);

        // Without the protection every ten-thousandth call goes wrong.
        var wrong = await executor.RunAsync(() => Enumerable.Range(0, 100_000).Count(_ => !IsRight()), Token);

        await stop.CancelAsync();
        await collector;
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Operations_are_what_they_are_called()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { -1f, 3f });

        Assert.Equal([-2f, 6f], values.Times(2).data<float>().ToArray());
        Assert.Equal([-0.5f, 1.5f], values.Over(2).data<float>().ToArray());
        Assert.Equal([-0.5f, 3.5f], values.Plus(0.5).data<float>().ToArray());
        Assert.Equal([0.5f, 3f], values.AtLeast(0.5).data<float>().ToArray());
        var integers = tensor(new[] { -1L, 3L });
        Assert.Equal([-2L, 2L], integers.Plus(-1).data<long>().ToArray());
        Assert.Equal([0L, 3L], integers.AtLeast(0).data<long>().ToArray());
        Assert.Equal([true, false], integers.IsBelow(3).data<bool>().ToArray());
    }

    private static bool IsRight()
    {
        using var plain = ones([16, 16]);
        using var scaled = plain.Times(1.5);
        return scaled.data<float>()[0] == 1.5f;
    }
}
