using System.Text;
using System.Text.Json;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Json;

public sealed class JsonTaskCodecTests
{
    private const string Hop = """{"delayMs":1,"load":0.5}""";

    /// <summary>Document, pointer of its one error, part of the message.</summary>
    public static TheoryData<string, string, string> WrongDocuments => new()
    {
        { """{"hops":[]}""", "/name", "is required, but missing." },
        { $$"""{"name":"a","hops":[{{Hop}},{{Hop}},{{Hop}},{"load":0.5}]}""", "/hops/3/delayMs", "is required, but missing." },
        { """{"name":"a","hops":[{"delayMs":"1","load":0.5}]}""", "/hops/0/delayMs", "must be a number within ±1.8e308, but is a string." },
        { """{"name":"a","hops":[{"delayMs":null,"load":0.5}]}""", "/hops/0/delayMs", "must be a number within ±1.8e308, but is null." },
        { """{"name":"a","hops":[{"delayMs":true,"load":0.5}]}""", "/hops/0/delayMs", "but is true." },
        { """{"name":"a","hops":[{"delayMs":1e400,"load":0.5}]}""", "/hops/0/delayMs", "must be a number within ±1.8e308, but is 1e400." },
        { """{"name":"a","hops":[{"delayMs":-1E+309,"load":0.5}]}""", "/hops/0/delayMs", "but is -1E+309." },
        { """{"name":"a","hops":[{"delayMs":1,"load":1e39}]}""", "/hops/0/load", "must be a number within ±3.4e38, but is 1e39." },
        { """{"name":"a","hops":[{"delayMs":NaN,"load":0.5}]}""", "/hops/0/delayMs", "'N' is an invalid start of a value (line 1, byte 32)." },
        { """{"name":"a","hops":[{"delayMs":"NaN","load":0.5}]}""", "/hops/0/delayMs", "but is a string." },
        { """{"name":5,"hops":[]}""", "/name", "must be a string, but is 5." },
        { """{"name":null,"hops":[]}""", "/name", "must be a string, but is null." },
        { """{"name":"a","hops":null}""", "/hops", "must be an array, but is null." },
        { """{"name":"a","hops":{}}""", "/hops", "must be an array, but is an object." },
        { """{"name":"a","hops":[null]}""", "/hops/0", "must be an object, but is null." },
        { """{"name":"a","hops":[[]]}""", "/hops/0", "must be an object, but is an array." },
        { """{"name":"a","hops":[],"limit":1.5}""", "/limit", "must be an integer from -2147483648 to 2147483647, but is 1.5." },
        { """{"name":"a","hops":[],"limit":99999999999}""", "/limit", "but is 99999999999." },
        { """{"name":"a","hops":[],"sequence":9223372036854775808}""", "/sequence", "must be an integer from -9223372036854775808" },
        { """{"name":"a","hops":[],"backup":"yes"}""", "/backup", "must be true or false, but is a string." },
        { """{"name":"a","hops":[],"kind":"longest"}""", "/kind", "must be one of Shortest, LeastLoaded" },
        { """{"name":"a","hops":[],"weights":{"a/b":"1"}}""", "/weights/a~1b", "must be a number" },
        { """{"name":"a","hops":[],"weights":[1]}""", "/weights", "must be an object, but is an array." },
        { """{"name":"a","hops":[],"matrix":[[1,2],[3,null]]}""", "/matrix/1/1", "but is null." },
        { """{"name":"a","hops":[],"matrix":[[1],null]}""", "/matrix/1", "must be an array, but is null." },
        { """{"name":"a","hops":[],"colour":1}""", "/colour", "is not a member; known members: name, hops, limit," },
        { """{"name":"a","hops":[],"Name":"b"}""", "/Name", "is not a member" },
        { """{"name":"a","hops":[]} tail""", "", "is not valid JSON: 't' is invalid after a single JSON value." },
        { """{"name":"a","hops":[]}{}""", "", "is not valid JSON: '{' is invalid after a single JSON value." },
        { """{"name":"a","hops":[""", "/hops/0", "is not valid JSON: " },
        { """{"name":"a",}""", "", "is not valid JSON: " },
        { "", "", "is not valid JSON: " },
        { "null", "", "must be an object, but is null." },
        { "[]", "", "must be an object, but is an array." },
        { "5", "", "must be an object, but is 5." },
        { """{"name":"a","hops":[{"delayMs":1000.5,"load":0.5}]}""", "/hops/0/delayMs", "must be a finite number from 0 to 1000 ms, but is 1000.5." },
    };

    [Theory]
    [MemberData(nameof(WrongDocuments))]
    public void Read_names_the_wrong_member(string json, string pointer, string message)
    {
        var error = Assert.Single(Refuse(json).Errors);

        Assert.Equal(pointer, error.Pointer);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Telecom.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_names_every_wrong_member_at_once()
    {
        var exception = Refuse("""{"hops":[{"delayMs":"x"},{"load":0}],"limit":true,"colour":1}""");

        Assert.Equal(
            ["/colour", "/hops/0/delayMs", "/hops/0/load", "/hops/1/delayMs", "/limit", "/name"],
            exception.Errors.Select(error => error.Pointer).Order(StringComparer.Ordinal));
        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.All(exception.Errors, error => Assert.Contains($"{error.Pointer}: {error.Message}", exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_stops_naming_after_twenty_members()
    {
        var shape = Refuse($$"""{"name":"a","hops":[{{string.Join(',', Enumerable.Repeat("7", 500))}}]}""");
        var range = Refuse($$"""{"name":"a","hops":[{{string.Join(',', Enumerable.Repeat("""{"delayMs":-1,"load":0}""", 500))}}]}""");

        Assert.Equal(20, shape.Errors.Count);
        Assert.Equal(20, range.Errors.Count);
        Assert.Equal("/hops/19", shape.Errors[^1].Pointer);
        Assert.Equal("/hops/19/delayMs", range.Errors[^1].Pointer);
    }

    [Fact]
    public void Read_quotes_no_more_than_the_start_of_a_long_number()
    {
        var exception = Refuse($$"""{"name":"a","hops":[{"delayMs":{{new string('9', 100_000)}},"load":0}]}""");

        Assert.InRange(exception.Message.Length, 1, 200);
    }

    [Fact]
    public void Read_accepts_what_the_schema_allows()
    {
        var request = Read(
            """
            {"name":"a","limit":null,"kind":"leastLoaded","backup":true,"sequence":-5,"weights":{"x":1e-400,"y":1.5E+3},"matrix":null,
             "hops":[{"delayMs":1e2,"load":0.12345678901234567890123456789012345678901}]}
            """);

        Assert.Null(request.Limit);
        Assert.Equal(RouteKind.LeastLoaded, request.Kind);
        Assert.Equal(0.0, request.Weights!["x"]);
        Assert.Equal(1500.0, request.Weights["y"]);
        Assert.Equal(100.0, Assert.Single(request.Hops).DelayMs);
    }

    [Fact]
    public void Read_skips_a_byte_order_mark() =>
        Assert.Equal("a", RouteTask.Definition.Codec.Read([0xef, 0xbb, 0xbf, .. """{"name":"a","hops":[]}"""u8]).Name);

    [Theory]
    [InlineData("""{"name":"a","hops":[],"\ud800":1}""")]
    [InlineData("""{"name":"\ud800","hops":[]}""")]
    public void Read_refuses_half_a_surrogate_pair(string json) => Assert.NotEmpty(Refuse(json).Errors);

    [Fact]
    public void Random_bytes_give_the_typed_refusal_only()
    {
        var original = Encoding.UTF8.GetBytes(
            """{"name":"a\u00e9","limit":3,"kind":"Shortest","weights":{"x":1e3},"matrix":[[1,null]],"hops":[{"delayMs":1,"load":0.5}]}""");
        var random = new Random(77);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var exception = Record.Exception(() => RouteTask.Definition.Codec.Read(bytes));

            Assert.True(exception is null or InvalidInputException, $"{Encoding.UTF8.GetString(bytes)}: {exception}");
        }
    }

    [Fact]
    public void Write_gives_one_object() =>
        Assert.Equal("""{"hops":1,"name":"a"}""", RouteTask.Definition.Answer($$"""{"name":"a","hops":[{{Hop}}]}"""));

    private static RouteRequest Read(string json) => RouteTask.Definition.Codec.Read(Encoding.UTF8.GetBytes(json));

    private static InvalidInputException Refuse(string json) => Assert.Throws<InvalidInputException>(() => Read(json));
}
