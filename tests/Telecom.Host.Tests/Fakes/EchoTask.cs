using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Tests.Fakes;

/// <summary>A task without any plugin around it.</summary>
[ExportTask("echo")]
public sealed class EchoTask : TelecomTask<EchoRequest, EchoAnswer>
{
    protected override void Configure(TaskBuilder<EchoRequest, EchoAnswer> task) => task
        .Describe("Echo", "Says a number again.")
        .Records<ViewportTrace>()
        .Json(EchoJson.Default.EchoRequest, EchoJson.Default.EchoAnswer)
        .Example(JsonNode.Parse("""{"x":1.5,"note":"it's"}""")!)
        .Method("plain", "the number itself", new Plain())
        .Method("double", "twice the number", new Plain(), isDefault: true)
        .Benchmark(new EchoBenchmark());

    private sealed class Plain : IMethod<EchoRequest, EchoAnswer>
    {
        public void Predict(ReadOnlySpan<EchoRequest> batch, Span<EchoAnswer> results) => throw new NotSupportedException();
    }

    private sealed class EchoBenchmark : IBenchmark<EchoRequest, EchoAnswer>
    {
        public BenchmarkDescriptor Descriptor { get; } = new(
            [new("error", "m", LowerIsBetter: true, "distance"), new("hits", string.Empty, LowerIsBetter: false, "share")],
            [new("size", "3", "how many")],
            "test",
            "made-up");

        public ValueTask<IBenchmarkRun<EchoRequest, EchoAnswer>> PrepareAsync(BenchmarkContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}

public sealed record EchoRequest(double X);

public sealed record EchoAnswer(double Y);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoAnswer))]
internal sealed partial class EchoJson : JsonSerializerContext;
