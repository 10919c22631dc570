using System.Text.Json.Nodes;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Json;

public sealed class JsonSchemasTests
{
    private static readonly JsonObject Schema = RouteTask.Definition.RequestSchema;

    [Fact]
    public void Dialect_comes_first() =>
        Assert.Equal(("$schema", "https://json-schema.org/draft/2020-12/schema"), (Schema.First().Key, (string?)Schema.First().Value));

    [Fact]
    public void Required_members_are_listed_at_every_level()
    {
        Assert.Equal(["name", "hops"], Names(Schema["required"]));
        Assert.Equal(["delayMs", "load"], Names(Schema["properties"]!["hops"]!["items"]!["required"]));
    }

    [Fact]
    public void Quantity_becomes_description_unit_and_range()
    {
        var delay = Schema["properties"]!["hops"]!["items"]!["properties"]!["delayMs"]!;

        Assert.Equal("number", (string?)delay["type"]);
        Assert.Equal("Delay of the hop.", (string?)delay["description"]);
        Assert.Equal("ms", (string?)delay["unit"]);
        Assert.Equal(0, (double?)delay["minimum"]);
        Assert.Equal(1000, (double?)delay["maximum"]);
    }

    [Fact]
    public void Open_bounds_and_pure_numbers_leave_their_keywords_out()
    {
        var load = (JsonObject)Schema["properties"]!["hops"]!["items"]!["properties"]!["load"]!;
        var name = (JsonObject)Schema["properties"]!["name"]!;

        Assert.Equal(1, (double?)load["maximum"]);
        Assert.False(load.ContainsKey("minimum"));
        Assert.False(load.ContainsKey("unit"));
        Assert.Equal("Name of the route.", (string?)name["description"]);
        Assert.False(name.ContainsKey("maximum"));
    }

    [Fact]
    public void Optional_members_allow_null_and_closed_documents_no_others()
    {
        Assert.Equal(["integer", "null"], Names(Schema["properties"]!["limit"]!["type"]));
        Assert.Equal("string", (string?)Schema["properties"]!["name"]!["type"]);
        Assert.Equal(false, (bool?)Schema["additionalProperties"]);
    }

    [Fact]
    public void Every_call_gives_a_document_of_its_own() =>
        Assert.NotSame(JsonSchemas.Of(RouteJson.Default.RouteAnswer), JsonSchemas.Of(RouteJson.Default.RouteAnswer));

    private static IEnumerable<string?> Names(JsonNode? array) => array!.AsArray().Select(name => (string?)name);
}
