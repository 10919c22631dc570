using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Sdk.Tests.Support;

public enum RouteKind
{
    Shortest,
    LeastLoaded,
}

public sealed record RouteHop
{
    [Quantity("Delay of the hop.", Unit = "ms", Minimum = 0, Maximum = 1000)]
    public required double DelayMs { get; init; }

    [Quantity("Share of capacity in use.", Maximum = 1)]
    public required float Load { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RouteRequest
{
    [Quantity("Name of the route.")]
    public required string Name { get; init; }

    public required IReadOnlyList<RouteHop> Hops { get; init; }

    [Quantity("Hops looked at.", Minimum = 1)]
    public int? Limit { get; init; }

    public long Sequence { get; init; }

    public bool Backup { get; init; }

    public RouteKind? Kind { get; init; }

    public IReadOnlyDictionary<string, double>? Weights { get; init; }

    public double[][]? Matrix { get; init; }
}

public sealed record RouteAnswer
{
    [Quantity("Hops on the route.")]
    public required int Hops { get; init; }

    public required string Name { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RouteAnswer))]
public sealed partial class RouteJson : JsonSerializerContext;
