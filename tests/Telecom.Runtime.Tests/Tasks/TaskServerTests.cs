using System.Globalization;
using System.Text;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Tasks;

public sealed class TaskServerTests
{
    [Fact]
    public async Task Answer_says_what_gave_it()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "network");

        var adapted = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));
        var network = await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1));
        var byDefault = await ToyHost.PredictAsync(server, null, ToyRequest.Of(1, steps: 2));

        Assert.Equal(("toy-first", "adapted", "1", "small", null), (adapted.Task, adapted.Method, adapted.Bundle, adapted.Base, adapted.Fallback));
        Assert.Equal(("network", "1", null, null), (network.Method, network.Bundle, network.Base, network.Fallback));
        Assert.Equal(("sum", null, null, null), (byDefault.Method, byDefault.Bundle, byDefault.Base, byDefault.Fallback));
        Assert.Equal([0.5, 1.5], ToyHost.Numbers(byDefault));
        Assert.Equal(7, adapted.Id.Version);
        Assert.True(adapted.ElapsedMs > 0);
        Assert.NotEqual(adapted.Id, network.Id);
    }

    [Fact]
    public async Task Requests_of_several_tasks_at_once_give_the_answers_of_single_ones()
    {
        await using var host = await ToyHost.StartAsync();
        var first = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "steps", "network");
        var second = await host.TrainedServerAsync(ToyTasks.Second(host.Log), "adapted");
        (Runtime.Tasks.TaskServer Server, string Method)[] ways =
            [(first, "adapted"), (second, "adapted"), (first, "network"), (first, "sum"), (first, "steps")];
        var requests = Enumerable.Range(0, 60).Select(i => (Way: ways[i % ways.Length], Request: ToyRequest.Of(i / 20.0, (i % 4) + 1))).ToArray();
        var alone = new List<double[]>();
        foreach (var ((server, method), request) in requests)
        {
            alone.Add(ToyHost.Numbers(await ToyHost.PredictAsync(server, method, request)));
        }

        Task<PredictionAnswer>[] waiting;
        using (host.PauseExecutor())
        {
            waiting = [.. requests.Select(entry => ToyHost.PredictAsync(entry.Way.Server, entry.Way.Method, entry.Request))];
        }

        var together = await Task.WhenAll(waiting);
        Assert.True(alone.SelectMany(numbers => numbers).Select(number => Math.Round(number, 6)).Distinct().Count() > 50);
        for (var i = 0; i < requests.Length; i++)
        {
            // adapters.md 5.2: 1e-4 between compositions of a batch.
            var numbers = ToyHost.Numbers(together[i]);
            Assert.Equal(alone[i].Length, numbers.Length);
            Assert.All(alone[i].Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
    }

    [Fact]
    public async Task Untrained_method_is_answered_by_the_fallback_and_says_so()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));

        var answer = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));

        Assert.Equal(("adapted", "sum", null, null), (answer.Method, answer.Fallback, answer.Bundle, answer.Base));
        Assert.Equal([0.5], ToyHost.Numbers(answer));
        var record = Assert.Single(server.Models, model => model.Method == "adapted");
        Assert.Equal("untrained", record.Status);
        Assert.Contains("telecom train toy-first --method adapted", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrained_method_without_a_fallback_is_refused_with_the_remedy()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.Lonely(host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, null, ToyRequest.Of(1)));

        Assert.Equal(ErrorCode.Untrained, exception.Code);
        Assert.Contains("run 'telecom train toy-lonely --method network'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsuitable_request_goes_to_the_fallback()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");

        var answer = await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1, mode: ToyMode.Unsuitable));

        Assert.Equal(("network", "sum", null), (answer.Method, answer.Fallback, answer.Bundle));
        Assert.Equal(["sum:1"], host.Log.Entries);
    }

    [Fact]
    public async Task Unsuitable_request_without_a_fallback_is_refused_by_its_member()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.Lonely(host.Log), "network");

        var exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => ToyHost.PredictAsync(server, null, ToyRequest.Of(1, mode: ToyMode.Unsuitable)));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Equal(new InputError("/x", "too short"), Assert.Single(exception.Errors));
    }

    [Fact]
    public async Task Refused_request_is_refused_although_there_is_a_fallback()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");

        var exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => ToyHost.PredictAsync(server, "network", ToyRequest.Of(1, mode: ToyMode.Refused)));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Equal(new InputError("/x", "too odd"), Assert.Single(exception.Errors));
        Assert.Empty(host.Log.Entries);
    }

    [Theory]
    [InlineData(ToyMode.Throws, "Method 'network' failed: boom")]
    [InlineData(ToyMode.ThrowsInExamine, "Method 'network' failed: examined")]
    [InlineData(ToyMode.ThrowsInKey, "Method 'network' failed: keyed")]
    public async Task Method_that_throws_is_a_plugin_fault_and_serves_on(string mode, string message)
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "network", ToyRequest.Of(1, mode: mode)));

        Assert.Equal((ErrorCode.PluginFault, message), (exception.Code, exception.Message));
        Assert.Single(ToyHost.Numbers(await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1))));
    }

    [Fact]
    public async Task Answer_that_cannot_be_written_is_a_plugin_fault()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));

        // JSON has no infinity: the sum overflows.
        var request = new ToyRequest { X = [double.MaxValue, double.MaxValue, 0] };
        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "sum", request));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
        Assert.StartsWith("Method 'sum' failed: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"x\":[1,2]}", "/x")]
    [InlineData("{\"y\":[1,2]}", "/x")]
    [InlineData("[", "")]
    public async Task Invalid_request_is_refused_by_pointer_before_any_method(string json, string pointer)
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => server.PredictAsync(PredictionOptions.Default, Encoding.UTF8.GetBytes(json), ToyHost.Token));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains(exception.Errors, error => error.Pointer == pointer);
        Assert.Empty(host.Log.Entries);
    }

    [Fact]
    public async Task Unknown_method_is_refused_with_the_list()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, "oracle", ToyRequest.Of(1)));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.Contains("sum, network, adapted, steps", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_that_is_not_loaded_is_unavailable()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        var early = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, null, ToyRequest.Of(1)));
        await server.LoadModelsAsync(ToyHost.Token);
        await server.DisposeAsync();
        var late = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.PredictAsync(server, null, ToyRequest.Of(1)));

        Assert.Equal((ErrorCode.PluginUnavailable, ErrorCode.PluginUnavailable), (early.Code, late.Code));
    }

    [Fact]
    public async Task Disposal_answers_what_was_accepted()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "steps");

        Task<PredictionAnswer> accepted;
        ValueTask disposing;
        using (host.PauseExecutor())
        {
            accepted = ToyHost.PredictAsync(server, "steps", ToyRequest.Of(1, steps: 5));
            disposing = server.DisposeAsync();
        }

        await disposing;
        Assert.Equal(5, ToyHost.Numbers(await accepted).Length);
    }

    [Fact]
    public async Task Cancelled_prediction_ends_at_once()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        using var cancellation = new CancellationTokenSource();

        using (host.PauseExecutor())
        {
            var waiting = ToyHost.PredictAsync(server, "sum", ToyRequest.Of(1), cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(0, host.Engine.Queued);
    }

    [Fact]
    public async Task Reloading_under_load_fails_no_request()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");
        var expected = ToyHost.Numbers(await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1)));
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                var answered = 0;
                while (!stop.IsCancellationRequested)
                {
                    var answer = await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1));
                    Assert.Null(answer.Fallback);
                    Assert.Equal(expected[0], ToyHost.Numbers(answer)[0], 1e-6);
                    answered++;
                }

                return answered;
            },
            ToyHost.Token)).ToArray();

        for (var i = 0; i < 10; i++)
        {
            await server.LoadModelsAsync(ToyHost.Token);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), answered => Assert.True(answered > 0));
    }

    [Fact]
    public async Task Culture_of_the_caller_changes_nothing()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            var answer = await ToyHost.PredictAsync(server, null, ToyRequest.Of(1.25));
            Assert.Equal("{\"y\":[0.75]}", Encoding.UTF8.GetString(answer.Output.Span));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
