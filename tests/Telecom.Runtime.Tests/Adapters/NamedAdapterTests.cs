using Telecom.Modeling.Bundles;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Adapters;

/// <summary>Requests that name an adapter, through the task server.</summary>
public sealed class NamedAdapterTests
{
    private static CancellationToken Token => ToyHost.Token;

    [Fact]
    public async Task Named_adapter_answers_as_a_bundle_with_its_files_would()
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");
        var folder = await lab.WriteAsync("other", version: 3);
        lab.Host.Adapters.TryRegister("other", 3, new PeftSource(folder, lab.Weights));

        var own = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));
        var named = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "other");
        var byVersion = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "other@3");
        var bundleOwn = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "toy-first.adapted");

        Assert.Equal(("toy-first.adapted@1", "other@3", "other@3"), (own.Adapter, named.Adapter, byVersion.Adapter));
        Assert.Equal(ToyHost.Numbers(named), ToyHost.Numbers(byVersion));
        Assert.Equal(ToyHost.Numbers(own), ToyHost.Numbers(bundleOwn));
        Assert.NotEqual(ToyHost.Numbers(own)[0], ToyHost.Numbers(named)[0], 1e-3);

        // The same encoder and head with the other adapter's files in place of its own.
        var bundle = server.Models.Single(model => model.Method == "adapted").Folder!;
        File.Copy(Path.Combine(folder, BundleLayout.AdapterConfiguration), Path.Combine(bundle, BundleLayout.AdapterConfiguration), overwrite: true);
        File.Copy(Path.Combine(folder, BundleLayout.AdapterWeights), Path.Combine(bundle, BundleLayout.AdapterWeights), overwrite: true);
        await server.LoadModelsAsync(Token);
        var swapped = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));
        Assert.Equal("toy-first.adapted@2", swapped.Adapter);
        Assert.Equal(ToyHost.Numbers(named)[0], ToyHost.Numbers(swapped)[0], 1e-5);
    }

    [Theory]
    [InlineData("nobody", ErrorCode.AdapterNotFound)]
    [InlineData("other@2", ErrorCode.AdapterNotFound)]
    [InlineData("broken", ErrorCode.AdapterInvalid)]
    public async Task Adapter_that_cannot_answer_is_refused_and_never_replaced_by_another_answer(string adapter, ErrorCode code)
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");
        lab.Host.Adapters.TryRegister("other", 1, await lab.SourceAsync("other"));
        lab.Host.Adapters.TryRegister("broken", 1, await lab.SourceAsync("broken", value: double.PositiveInfinity));
        var before = lab.Host.Log.Entries.Count;

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: adapter));

        Assert.Equal(code, exception.Code);
        Assert.Equal(before, lab.Host.Log.Entries.Count);
    }

    [Fact]
    public async Task Unknown_adapter_is_refused_even_where_another_method_would_answer_instead()
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "nobody"));

        Assert.Equal(ErrorCode.AdapterNotFound, exception.Code);
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("network")]
    public async Task Methods_of_other_kinds_take_no_adapter(string method)
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "network");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, method, ToyRequest.Of(1), adapter: "x"));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"'{method}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replacing_an_adapter_under_eight_callers_fails_none_and_mixes_no_versions()
    {
        const int versions = 12;
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");
        lab.Host.Log.IsOff = true;
        var registry = lab.Host.Adapters;
        var expected = new Dictionary<string, double>(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        Task<List<(string Adapter, double Value)>>[] callers = [];

        for (var version = 1; version <= versions; version++)
        {
            var source = new PeftSource(await lab.WriteAsync("a", version, value: version / 10.0), lab.Weights);
            if (registry.Publish(await registry.PrepareAsync("a", version, source, AdapterLab.Soon, Token)) is { } previous)
            {
                registry.Retire(previous);
            }

            var answer = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: $"a@{version}");
            expected.Add(answer.Adapter!, ToyHost.Numbers(answer)[0]);
            callers = callers.Length > 0 ? callers : [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => CallAsync(server, stop.Token), Token))];
        }

        await stop.CancelAsync();
        var answers = (await Task.WhenAll(callers)).SelectMany(list => list).ToList();

        Assert.Equal(versions, expected.Values.Select(value => Math.Round(value, 4)).Distinct().Count());
        Assert.True(answers.Select(answer => answer.Adapter).Distinct().Count() > 1);

        // adapters.md 5.2: 1e-4 between compositions of a batch.
        Assert.All(answers, answer => Assert.Equal(expected[answer.Adapter], answer.Value, 1e-4));
        Assert.Equal(["toy-first.adapted", "a"], registry.Records.Select(record => record.Name).OrderDescending());
    }

    [Fact]
    public async Task Ten_thousand_mixed_requests_leave_no_tensor_behind()
    {
        await using var lab = await AdapterLab.StartAsync(options => options with
        {
            // Three adapters of rank 2 fit: the bundle's, and two of the four that are named.
            Adapters = new AdapterLimits { MaxDeviceBytes = 3 * AdapterRegistryTests.DeviceBytes },
        });
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");
        lab.Host.Log.IsOff = true;
        string?[] names = [null, "a", "b", "c", "d"];
        foreach (var name in names.OfType<string>())
        {
            lab.Host.Adapters.TryRegister(name, 1, await lab.SourceAsync(name));
        }

        await PredictAsync(server, names, 500);
        var residents = lab.Host.Adapters.Records.Count(record => record.State == "resident");
        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);

        await PredictAsync(server, names, 10_000);

        Assert.Equal(3, residents);
        Assert.Equal(3, lab.Host.Adapters.Records.Count(record => record.State == "resident"));
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
        Assert.All(lab.Host.Adapters.Records, record => Assert.Equal(0, record.References));
    }

    [Fact]
    public async Task Adapter_with_values_that_are_not_finite_is_quarantined_alone()
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");

        // Finite in the file, beyond float32 as soon as it meets anything.
        lab.Host.Adapters.TryRegister("wild", 1, await lab.SourceAsync("wild", value: 3e38));
        lab.Host.Adapters.TryRegister("tame", 1, await lab.SourceAsync("tame"));

        var first = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "wild"));
        var second = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "wild"));

        Assert.Equal((ErrorCode.AdapterInvalid, ErrorCode.AdapterInvalid), (first.Code, second.Code));
        Assert.Contains("'wild@1' cannot be used", second.Message, StringComparison.Ordinal);
        Assert.Equal("faulted", lab.Host.Adapters.Records.Single(record => record.Name == "wild").State);
        Assert.Single(ToyHost.Numbers(await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "tame")));
        Assert.Single(ToyHost.Numbers(await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1))));
    }

    [Fact]
    public async Task Request_whose_numbers_are_too_large_is_refused_without_blaming_the_adapter()
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1e39)));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Equal("resident", lab.Host.Adapters.Records.Single().State);
    }

    [Fact]
    public async Task Cancelled_requests_give_their_leases_back()
    {
        await using var lab = await AdapterLab.StartAsync();
        var server = await lab.Host.TrainedServerAsync(ToyTasks.First(lab.Host.Log), "adapted");
        using var cancellation = new CancellationTokenSource();

        using (lab.Host.PauseExecutor())
        {
            var waiting = ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), cancellation.Token);
            Assert.Equal(1, lab.Host.Adapters.Records.Single().References);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(0, lab.Host.Adapters.Records.Single().References);
    }

    private static async Task<List<(string Adapter, double Value)>> CallAsync(TaskServer server, CancellationToken stop)
    {
        var answers = new List<(string, double)>();
        while (!stop.IsCancellationRequested)
        {
            var answer = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1), adapter: "a");
            answers.Add((answer.Adapter!, ToyHost.Numbers(answer)[0]));
        }

        return answers;
    }

    private static async Task PredictAsync(TaskServer server, string?[] names, int count)
    {
        const int atOnce = 20;
        for (var done = 0; done < count; done += atOnce)
        {
            await Task.WhenAll(Enumerable.Range(done, atOnce).Select(i => ToyHost.PredictAsync(
                server, "adapted", ToyRequest.Of(i % 7), adapter: names[i / 3 % names.Length])));
        }
    }
}
