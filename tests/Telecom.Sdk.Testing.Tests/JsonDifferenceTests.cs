using System.Text.Json.Nodes;

namespace Telecom.Sdk.Testing.Tests;

public sealed class JsonDifferenceTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null,"x"]}""", """{"b":[true,null,"x"],"a":1}""", 0)]
    [InlineData("[1]", "[1.0]", 0)]
    [InlineData("[100]", "[100.001]", 1e-5)]
    [InlineData("[0]", "[0.00001]", 1e-5)]
    [InlineData("null", "null", 0)]
    public void Equal_values_have_no_difference(string expected, string actual, double tolerance) =>
        Assert.Null(JsonDifference.Find(JsonNode.Parse(expected), JsonNode.Parse(actual), tolerance));

    [Theory]
    [InlineData("[1]", "[1.0000001]", 0, "/0 is 1.0000001 instead of 1")]
    [InlineData("[100]", "[100.01]", 1e-5, "/0 is 100.01 instead of 100")]
    [InlineData("[9007199254740993]", "[9007199254740992]", 0, "/0 is 9007199254740992 instead of 9007199254740993")]
    [InlineData("""{"a":{"b/c":1}}""", """{"a":{"b/c":"1"}}""", 0, "/a/b~1c is \"1\" instead of 1")]
    [InlineData("""{"a":1}""", """{}""", 0, "the document has no member 'a'")]
    [InlineData("""{"x":{}}""", """{"x":{"a":1}}""", 0, "/x has the member 'a' too many")]
    [InlineData("[1,2]", "[1]", 0, "the document has 1 items instead of 2")]
    [InlineData("[true]", "[false]", 0, "/0 is false instead of true")]
    [InlineData("[null]", "[0]", 0, "/0 is 0 instead of null")]
    public void The_first_difference_is_named_with_its_place(string expected, string actual, double tolerance, string difference) =>
        Assert.Equal(difference, JsonDifference.Find(JsonNode.Parse(expected), JsonNode.Parse(actual), tolerance));

    [Fact]
    public void Values_that_were_never_text_compare_too() =>
        Assert.Null(JsonDifference.Find(new JsonArray(1, 2.5, "x"), new JsonArray(1.0, 2.5f, "x")));
}
