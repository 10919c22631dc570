using System.IO.Compression;
using System.Net;
using Telecom.Client.Api;
using Telecom.Client.Predictions;
using Telecom.Client.Tests.Support;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests;

/// <summary>The native API of a host that runs, over HTTP.</summary>
public sealed class NativeApiTests(ProtocolHost host) : IClassFixture<ProtocolHost>, IAsyncDisposable
{
    private const string Task = "viewport";

    private readonly ServedClient served = ServedClient.Of(host);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITelecomApi Api => served.Client.Api;

    private TaskClient<HeadRequest, HeadForecast> Viewport =>
        served.Client.Task(Task, HeadJson.Default.HeadRequest, HeadJson.Default.HeadForecast);

    public ValueTask DisposeAsync() => served.DisposeAsync();

    [Fact]
    public async Task Tasks_come_with_methods_schemas_and_an_example_that_works()
    {
        var listed = await Pages.AllAsync(cursor => Api.ListTasksAsync(1, cursor, Token), Token).ToListAsync(Token);
        var one = await Api.GetTaskAsync(Task, Token);
        var schema = await Api.GetTaskSchemaAsync(Task, Token);

        Assert.Equal(listed.Count, served.Recording.Sent.Count(sent => sent.Path.StartsWith("/api/v1/tasks?", StringComparison.Ordinal)));
        Assert.Superset(new HashSet<string> { "fixture.affine", "fixture.mirror", Task }, listed.Select(task => task.Id).ToHashSet());
        Assert.Contains(one.Methods, method => method is { Id: "hold", Kind: "analytic" });
        Assert.Contains("jin2022", one.Datasets);
        Assert.NotNull(one.Benchmark);
        Assert.Equal("object", schema.Request.GetProperty("type").GetString());
        using var example = new StringContent(schema.Example.GetRawText(), null, "application/json");
        Assert.Equal(Task, (await Api.PredictAsync(Task, example, "hold", null, null, null, Token)).Task);
    }

    [Fact]
    public async Task Prediction_takes_and_gives_records()
    {
        var answer = await Viewport.PredictAsync(Still(yaw: 30), new() { Method = "hold", Timeout = TimeSpan.FromSeconds(30) }, Token);

        Assert.Equal((Task, "hold", null, null), (answer.Task, answer.Method, answer.Bundle, answer.Fallback));
        Assert.Equal(5, answer.Output.RateHz);
        Assert.Equal([30f, 30f, 30f], answer.Output.Steps.Select(step => step.Yaw));
        Assert.InRange(answer.ElapsedMs, 0, 30_000);
        Assert.Equal($"/api/v1/tasks/{Task}/predictions?method=hold&timeoutMs=30000", Assert.Single(served.Recording.Sent).Path);
    }

    [Fact]
    public async Task Many_predictions_come_back_in_order()
    {
        var answers = await Viewport.PredictAllAsync([.. Enumerable.Range(0, 40).Select(yaw => Still(yaw))], new() { Method = "hold" }, Token);

        Assert.Equal(Enumerable.Range(0, 40).Select(yaw => (float)yaw), answers.Select(answer => answer.Output.Steps[0].Yaw));
    }

    [Fact]
    public async Task A_wrong_request_names_its_members()
    {
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() =>
            Viewport.PredictAllAsync([Still(1), Still(2) with { Steps = 101 }], PredictionSettings.Default, Token));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_input"), (refusal.StatusCode, refusal.Code));
        Assert.Equal("/1/steps", Assert.Single(refusal.Errors).Pointer);
        Assert.Contains("100", refusal.Errors[0].Detail, StringComparison.Ordinal);
        Assert.Contains("/1/steps", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.TraceId!);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Equal("not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.GetTaskAsync("no such/task?", Token))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.GetPredictionAsync(Guid.Empty, Token))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.GetPluginAsync("nothing", Token))).Code);
        Assert.Equal("adapter_not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.LoadAdapterAsync("nothing", Token))).Code);
    }

    [Fact]
    public async Task Stored_predictions_come_page_by_page()
    {
        var first = await Viewport.PredictAsync(Still(0), new() { Method = "velocity" }, Token);
        var answers = await Viewport.PredictAllAsync([.. Enumerable.Range(1, 5).Select(yaw => Still(yaw))], new() { Method = "velocity" }, Token);

        var filter = new PredictionFilter { Task = Task, Method = "velocity", From = first.CreatedAt, To = first.CreatedAt.AddHours(1), PageSize = 2 };
        var stored = await Api.ListAllPredictionsAsync(filter, Token).ToListAsync(Token);

        Assert.Equal(answers.Append(first).Select(answer => answer.Id).Order(), stored.Select(prediction => prediction.Id).Order());
        Assert.Equal(stored.OrderByDescending(prediction => prediction.CreatedAt).Select(prediction => prediction.Id), stored.Select(prediction => prediction.Id));
        Assert.Equal(3, served.Recording.Sent.Count(sent => sent.Path.StartsWith("/api/v1/predictions?", StringComparison.Ordinal)));
        var one = await Api.GetPredictionAsync(answers[2].Id, Token);
        Assert.Equal(3f, Viewport.ReadOutput(one).Steps[0].Yaw);
        Assert.Equal(3, one.Request.GetProperty("samples")[0].GetProperty("yaw").GetDouble());
        Assert.Equal(answers[2].CreatedAt, one.CreatedAt);
    }

    [Fact]
    public async Task Datasets_models_and_adapters_are_listed()
    {
        var datasets = (await Api.ListDatasetsAsync(null, null, Token)).Items;
        var models = (await Api.ListModelsAsync(null, null, Token)).Items;
        var adapters = (await Api.ListAdaptersAsync(null, null, Token)).Items;

        Assert.Contains(datasets, dataset => dataset is { Id: "head-motion", Origin: "generated", CanGenerate: true });
        Assert.Contains(models, model => model is { Task: Task, Method: "network", Status: "ready", Version: "0" });
        Assert.Contains(adapters, adapter => adapter is { Owner: $"{Task}/adapted", IsCurrent: true });
    }

    [Fact]
    public async Task Health_is_reported()
    {
        Assert.True((await Api.GetLiveAsync(Token)).Live);
        var ready = await Api.GetReadyAsync(Token);
        Assert.True(ready.Ready, string.Join(' ', ready.Reasons));
        Assert.Equal("cpu", ready.Device);
    }

    [Fact]
    public async Task A_plugin_comes_is_switched_and_goes()
    {
        var archive = Path.Combine(host.Host.StateFolder, "affine.zip");
        await ZipFile.CreateFromDirectoryAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", "affine"), archive, Token);

        var installed = await Api.InstallPluginAsync(archive, Token);
        var (plugin, tag) = await Api.GetPluginAsync("affine", Token);
        var disabled = await Api.DisablePluginAsync("affine", tag, Token);
        var changed = await Assert.ThrowsAsync<TelecomApiException>(() => Api.RemovePluginAsync("affine", tag, Token));
        var enabled = await Api.EnablePluginAsync("affine", null, Token);
        var reloaded = await Api.ReloadPluginAsync("affine", null, Token);
        await Api.RemovePluginAsync("affine", null, Token);

        Assert.Equal(["Active", "Active", "Disabled", "Active", "Active"], new[] { installed, plugin, disabled, enabled, reloaded }.Select(state => state.State));
        Assert.Equal(["affine"], installed.Tasks);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "precondition_failed"), (changed.StatusCode, changed.Code));
        var events = (await Api.ListPluginEventsAsync(500, null, Token)).Items;
        Assert.Contains(events, change => change is { Plugin: "affine", To: "Disabled" });
        Assert.Contains((await Api.ListPluginsAsync(null, null, Token)).Items, other => other is { Id: "broken", State: "Rejected", Code: "manifest_invalid" });
    }

    [Fact]
    public async Task A_file_that_is_no_plugin_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() =>
            Api.InstallPluginAsync(new MemoryStream("no zip"u8.ToArray()), null, Token));

        Assert.NotEqual(TelecomApiException.UnreadableAnswer, refusal.Code);
        Assert.InRange((int)refusal.StatusCode!, 400, 499);
    }

    [Fact]
    public async Task An_output_that_does_not_fit_the_record_says_so()
    {
        var wrong = served.Client.Task(Task, HeadJson.Default.HeadRequest, HeadJson.Default.HeadRequest);

        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => wrong.PredictAsync(
            Still(0), new() { Method = "hold" }, Token));

        Assert.Equal(TelecomApiException.UnreadableAnswer, failure.Code);
    }

    private static HeadRequest Still(double yaw) =>
        new([.. Enumerable.Range(0, 10).Select(step => new HeadSample(step * 0.2, 0, 0, yaw))], 3);
}
