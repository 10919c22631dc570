using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Sdk.Tests.Tensors;

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

        // Without the protection every ten-thousandth call goes wrong.
        var wrong = await Task.Run(() => Enumerable.Range(0, 100_000).Count(_ => !IsRight()), Token);

        await stop.CancelAsync();
        await collector;
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Operations_are_what_they_are_called()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { -1f, 3f });
        using Scalar two = 2.0;

        AssertEqual([-2f, 6f], values.Times(2));
        AssertEqual([-0.5f, 1.5f], values.Over(2));
        AssertEqual([-0.5f, 3.5f], values.Plus(0.5));
        AssertEqual([1f, 5f], values.Plus(two));
        AssertEqual([-2f, 6f], values.Plus(values));
        AssertEqual([-1.5f, 2.5f], values.Minus(0.5));
        AssertEqual([0.5f, 3f], values.AtLeast(0.5));
        AssertEqual([1f, 9f], values.Squared());
        AssertEqual([-0.25f, 3f], values.LeakyRelu(0.25));
        AssertEqual([1.5f, 1.5f], KeptScalars.Full([2], 1.5));
    }

    [Fact]
    public void Operations_in_place_change_their_tensor()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { -1f, 3f });
        var others = tensor(new[] { 2f, 4f });
        using Scalar one = 1.0;

        AssertEqual([-2f, 6f], values.TimesInPlace(2));
        AssertEqual([-1f, 3f], values.OverInPlace(2));
        AssertEqual([0f, 4f], values.PlusInPlace(1.0));
        AssertEqual([1f, 5f], values.PlusInPlace(one));
        AssertEqual([3f, 9f], values.PlusInPlace(others));
        AssertEqual([2f, 7f], values.PlusInPlace(others, -0.5));
        AssertEqual([4f, 15f], values.PlusProductInPlace(others, others, 0.5));
        AssertEqual([6f, 17f], values.PlusQuotientInPlace(others, others, 2));
        AssertEqual([6f, 17f], values);
        AssertEqual([0.5f, 0.5f], values.FillInPlace(0.5));
    }

    [Fact]
    public void Integers_stay_integers()
    {
        using var scope = NewDisposeScope();
        var integers = tensor(new[] { -1L, 3L });

        Assert.Equal([-2L, 2L], integers.Plus(-1).data<long>().ToArray());
        Assert.Equal([-2L, 6L], integers.Times(2L).data<long>().ToArray());
        Assert.Equal([0L, 3L], integers.AtLeast(0).data<long>().ToArray());
        Assert.Equal([0L, 2L], integers.Within(0, 2).data<long>().ToArray());
        Assert.Equal([-1L, 1L], integers.OverDown(2).data<long>().ToArray());
        Assert.Equal([1L, 1L], integers.Remainder(2).data<long>().ToArray());
        Assert.Equal([true, false], integers.IsBelow(3).data<bool>().ToArray());
        Assert.Equal([false, true], integers.IsAbove(-1).data<bool>().ToArray());
        Assert.Equal([true, true], integers.IsAtLeast(-1).data<bool>().ToArray());
        Assert.Equal([2L, 3L, 4L], KeptScalars.Range(2, 5, CPU).data<long>().ToArray());
        Assert.Equal([0L, 2L, 4L], KeptScalars.Range(0, 5, CPU, step: 2).data<long>().ToArray());
    }

    private static void AssertEqual(float[] expected, Tensor actual) => Assert.Equal(expected, actual.data<float>().ToArray());

    private static bool IsRight()
    {
        using var plain = ones([16, 16]);
        using var scaled = plain.Times(1.5);
        return scaled.data<float>()[0] == 1.5f;
    }
}
