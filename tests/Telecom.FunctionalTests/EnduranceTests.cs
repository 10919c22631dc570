using System.Diagnostics;

namespace Telecom.FunctionalTests;

/// <summary>Runs alone: the memory of the process is everybody's.</summary>
[Collection(nameof(Alone))]
public sealed class EnduranceTests(EnduranceTests.OwnHost own) : IClassFixture<EnduranceTests.OwnHost>
{
    // More rows than a batch holds, so that rounds of many shapes come by.
    private const int RowsPerPost = 100;
    private const long RssLimit = 16L << 20;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(3);

    private static readonly string[] Methods = ["adapted", "network", "hold", "linear-regression"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_predictions_leave_no_tensor_and_no_memory_behind()
    {
        var body = $"[{string.Join(',', Enumerable.Range(0, RowsPerPost).Select(row => ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => (double)(row + i)))))}]";
        await PredictAsync(body, posts: 40);
        var (tensors, memory) = await MeasureAsync();

        await PredictAsync(body, posts: 100);

        var (tensorsAfter, memoryAfter) = await MeasureAsync();
        Assert.Equal(tensors, tensorsAfter);
        Assert.InRange(memoryAfter - memory, long.MinValue, RssLimit);
    }

    private async Task PredictAsync(string body, int posts)
    {
        for (var post = 0; post < posts; post++)
        {
            var answers = await own.Host.Client.PostAsync($"{Http.Predictions}?method={Methods[post % Methods.Length]}", body);
            Assert.Equal(RowsPerPost, answers.GetArrayLength());
        }
    }

    private async Task<(long Tensors, long Memory)> MeasureAsync()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        var tensors = await own.Host.Runtime.CountLiveTensorsAsync(Token);

        // The executor gives freed memory back when it has been idle for a moment; until then the figure holds whatever the allocator kept.
        await Task.Delay(IdleTime, Token);
        using var process = Process.GetCurrentProcess();
        return (tensors, process.WorkingSet64);
    }

    public sealed class OwnHost : IAsyncLifetime
    {
        private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-endurance-");

        public RunningHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(state.FullName);

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            state.Delete(recursive: true);
        }
    }
}
