using System.Text.Json.Nodes;
using Telecom.Modeling.Bundles;
using Telecom.Runtime.Models;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Models;

public sealed class MethodTableTests
{
    [Fact]
    public async Task Every_learned_method_has_a_record()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted");

        Assert.Equal(
            ["network untrained", "adapted ready", "steps untrained", "unbuildable untrained"],
            server.Models.Select(model => $"{model.Method} {model.Status}"));
        var ready = server.Models[1];
        Assert.Equal(("toy-first", "1", "small", null), (ready.Task, ready.Version, ready.Base, ready.Reason));
        Assert.Equal(Path.Combine(host.StateFolder, "bundles", "toy-first", "adapted", "1"), ready.Folder);
    }

    [Fact]
    public async Task Bundle_of_another_base_is_faulted_with_both_fingerprints()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        var other = host.SaveBase("other", 9);
        await ToyHost.TrainAsync(
            server, "adapted", request => request with { Settings = new Dictionary<string, string> { ["base"] = other } });
        var own = (await host.Services.Bases.GetAsync(host.Services.Options.Base)).Fingerprint!;
        var foreign = (await host.Services.Bases.GetAsync(other)).Fingerprint!;

        await server.LoadModelsAsync(ToyHost.Token);

        var record = Adapted(server.Models);
        Assert.Equal("faulted", record.Status);
        Assert.Contains(own, record.Reason, StringComparison.Ordinal);
        Assert.Contains(foreign, record.Reason, StringComparison.Ordinal);
        Assert.Equal("sum", (await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1))).Fallback);
    }

    [Theory]
    [InlineData("card", "card.json")]
    [InlineData("weights", "modules.safetensors")]
    [InlineData("method", "was trained for method 'steps'")]
    [InlineData("setting", "Unknown setting 'colour'")]
    [InlineData("adapter", "adapter_model.safetensors")]
    public async Task Damaged_bundle_is_faulted_and_leaves_the_other_methods_alone(string damage, string part)
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "network");
        var folder = Adapted(server.Models).Folder!;
        Damage(folder, damage);
        var live = await host.Executor.CountLiveTensorsAsync(ToyHost.Token);

        await server.LoadModelsAsync(ToyHost.Token);
        await server.LoadModelsAsync(ToyHost.Token);

        var record = Adapted(server.Models);
        Assert.Equal(("faulted", "1"), (record.Status, record.Version));
        Assert.Contains(part, record.Reason, StringComparison.Ordinal);
        Assert.Null((await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1))).Fallback);
        Assert.True(await host.Executor.CountLiveTensorsAsync(ToyHost.Token) < live);
    }

    [Fact]
    public async Task Method_that_cannot_be_built_is_faulted_with_its_own_words()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");
        var folder = Path.Combine(host.StateFolder, "bundles", "toy-first");
        Directory.Move(Path.Combine(folder, "network"), Path.Combine(folder, "unbuildable"));
        Edit(Path.Combine(folder, "unbuildable", "1"), "unbuildable");

        await server.LoadModelsAsync(ToyHost.Token);

        var record = server.Models.Single(model => model.Method == "unbuildable");
        Assert.Equal(("faulted", "Method 'unbuildable' failed: unbuildable"), (record.Status, record.Reason));
    }

    [Fact]
    public async Task Named_bundle_serves_instead_of_the_newest()
    {
        await using var trainer = await ToyHost.StartAsync();
        var trained = await trainer.TrainedServerAsync(ToyTasks.First(trainer.Log), "adapted");
        var folder = Adapted(trained.Models).Folder!;

        await using var host = await ToyHost.StartAsync(options => options with { Bundles = [folder] });
        var server = host.Server(ToyTasks.First(host.Log));
        await server.LoadModelsAsync(ToyHost.Token);

        var answer = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));
        Assert.Equal(folder, answer.Bundle);
        Assert.Equal(ToyHost.Numbers(await ToyHost.PredictAsync(trained, "adapted", ToyRequest.Of(1))), ToyHost.Numbers(answer));
    }

    [Theory]
    [InlineData("card")]
    [InlineData("weights")]
    public async Task Named_bundle_with_a_defect_is_an_error(string damage)
    {
        await using var trainer = await ToyHost.StartAsync();
        var folder = Adapted((await trainer.TrainedServerAsync(ToyTasks.First(trainer.Log), "adapted")).Models).Folder!;
        Damage(folder, damage);
        await using var host = await ToyHost.StartAsync(options => options with { Bundles = [folder] });
        var server = host.Server(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAnyAsync<TelecomException>(() => server.LoadModelsAsync(ToyHost.Token));

        Assert.Contains(folder, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaced_and_removed_models_free_their_tensors()
    {
        await using var host = await ToyHost.StartAsync();
        var empty = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        await ToyHost.TrainAsync(empty, "adapted");
        await ToyHost.TrainAsync(empty, "network");
        await ToyHost.PredictAsync(empty, "adapted", ToyRequest.Of(1));
        var live = await host.Executor.CountLiveTensorsAsync(ToyHost.Token);

        await empty.LoadModelsAsync(ToyHost.Token);
        var reloaded = await host.Executor.CountLiveTensorsAsync(ToyHost.Token);
        await empty.DisposeAsync();

        Assert.Equal(live, reloaded);

        // 3 linear layers of weight and bias and a buffer, twice, and an adapter of 2 factors on 3 targets of 2 layers, which serves with one A for
        // each of their 2 inputs and one B for each target.
        Assert.Equal(live - (2 * 7) - (2 * 3 * 2) - (2 * (2 + 3)), await host.Executor.CountLiveTensorsAsync(ToyHost.Token));
    }

    private static ModelRecord Adapted(IReadOnlyList<ModelRecord> records) => records.Single(model => model.Method == "adapted");

    private static void Damage(string folder, string damage)
    {
        switch (damage)
        {
            case "card":
                File.WriteAllText(Path.Combine(folder, BundleLayout.Card), "{}");
                break;
            case "weights":
                File.WriteAllBytes(Path.Combine(folder, BundleLayout.Modules), [1, 2, 3]);
                break;
            case "method":
                Edit(folder, "steps");
                break;
            case "setting":
                File.WriteAllText(Path.Combine(folder, BundleLayout.Task), "{\"colour\":\"red\"}");
                break;
            default:
                File.Delete(Path.Combine(folder, BundleLayout.AdapterWeights));
                break;
        }
    }

    private static void Edit(string folder, string method)
    {
        var path = Path.Combine(folder, BundleLayout.Card);
        var card = JsonNode.Parse(File.ReadAllText(path))!;
        card["method"] = method;
        File.WriteAllText(path, card.ToJsonString());
    }
}
