using System.Text.Json.Nodes;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tests.Support;
using Telecom.Sdk.Training;

namespace Telecom.Sdk.Tests.Tasks;

public sealed class TaskBuilderTests
{
    public static TheoryData<string, Action<TaskBuilder<RouteRequest, RouteAnswer>>> Misuses() => new()
    {
        { "needs a codec", task => task.Method("a", "", new NoAnswer()).Example(new JsonObject()) },
        { "needs a method", task => WithJson(task).Example(new JsonObject()) },
        { "needs an example", task => WithJson(task).Method("a", "", new NoAnswer()) },
        { "registers the method 'a' twice", task => Complete(task).Method("a", "", new NoAnswer()) },
        { "two default methods, 'b' and 'c'", task => Complete(task).Method("b", "", new NoAnswer(), true).Method("c", "", new NoAnswer(), true) },
        { "has no method 'x'", task => Complete(task).Fallback("x") },
        { "'n' as fallback, which is not analytic", task => WithNetwork(Complete(task), []).Fallback("n") },
        { "the setting 'epochs' is declared twice", task => WithNetwork(Complete(task), [new("epochs", "3", "own epochs")]) },
        { "'B c' is no method id", task => Complete(task).Method("B c", "", new NoAnswer()) },
        { "'../up' is no method id", task => Complete(task).Method("../up", "", new NoAnswer()) },
        { "'' is no method id", task => Complete(task).Method("", "", new NoAnswer()) },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Build_names_task_and_mistake(string message, Action<TaskBuilder<RouteRequest, RouteAnswer>> configure)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Define(configure));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'demo'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_refuses_an_id_that_is_no_route() =>
        Assert.Throws<InvalidOperationException>(() => Define(task => Complete(task), id: "demo/../x"));

    [Fact]
    public void Define_without_the_export_attribute_names_the_class()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new Unmarked().Define());

        Assert.Contains(nameof(Unmarked), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void First_method_is_the_default_unless_another_is_marked()
    {
        Assert.Equal("a", Define(task => Complete(task).Method("b", "", new NoAnswer())).DefaultMethod.Id);
        Assert.Equal("b", Define(task => Complete(task).Method("b", "", new NoAnswer(), isDefault: true)).DefaultMethod.Id);
    }

    [Fact]
    public void Learned_methods_list_their_own_settings_before_those_of_training()
    {
        var task = Define(builder => WithNetwork(Complete(builder), [new("width", "8", "hidden units")]).Fallback("a"));

        var network = task.Method("n");
        Assert.Equal(MethodKind.Network, network.Kind);
        Assert.Equal(["width", "epochs", "batch"], network.Settings.Take(3).Select(setting => setting.Name));
        Assert.Equal("a", task.FallbackMethod!.Id);
        Assert.Empty(task.Method("a").Settings);
        Assert.Null(task.MethodDefinition("n").Analytic);
        Assert.NotNull(task.MethodDefinition("n").Create);
    }

    [Fact]
    public void Method_of_an_unknown_id_lists_the_known_ones()
    {
        var task = Define(builder => Complete(builder).Method("b", "", new NoAnswer()));

        var exception = Assert.Throws<TelecomException>(() => task.Method("c"));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.Contains("Its methods: a, b.", exception.Message, StringComparison.Ordinal);
    }

    private static TaskDefinition<RouteRequest, RouteAnswer> Define(Action<TaskBuilder<RouteRequest, RouteAnswer>> configure, string id = "demo")
    {
        var builder = new TaskBuilder<RouteRequest, RouteAnswer>(id);
        configure(builder);
        return builder.Build();
    }

    private static TaskBuilder<RouteRequest, RouteAnswer> WithJson(TaskBuilder<RouteRequest, RouteAnswer> task) =>
        task.Json(RouteJson.Default.RouteRequest, RouteJson.Default.RouteAnswer);

    private static TaskBuilder<RouteRequest, RouteAnswer> Complete(TaskBuilder<RouteRequest, RouteAnswer> task) =>
        WithJson(task).Method("a", "first", new NoAnswer()).Example(new JsonObject());

    private static TaskBuilder<RouteRequest, RouteAnswer> WithNetwork(
        TaskBuilder<RouteRequest, RouteAnswer> task,
        IReadOnlyList<SettingDescriptor> settings) =>
        task.Network("n", "second", new TrainingOptions(), settings, _ => throw new NotSupportedException("Definitions build no method."));

    private sealed class NoAnswer : IMethod<RouteRequest, RouteAnswer>
    {
        public void Predict(ReadOnlySpan<RouteRequest> batch, Span<RouteAnswer> results) =>
            throw new NotSupportedException("Definitions answer nothing.");
    }

    private sealed class Unmarked : TelecomTask<RouteRequest, RouteAnswer>
    {
        protected override void Configure(TaskBuilder<RouteRequest, RouteAnswer> task) => Complete(task);
    }
}
