using System.Text;
using System.Text.Json;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Json;

public sealed class JsonPointersTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("$", "")]
    [InlineData("$.samples", "/samples")]
    [InlineData("$.samples[3].pitch", "/samples/3/pitch")]
    [InlineData("$[0][12]", "/0/12")]
    [InlineData("$['a b']", "/a b")]
    [InlineData("$.tags['a.b'].c", "/tags/a.b/c")]
    [InlineData("$.tags['a/b~c']", "/tags/a~1b~0c")]
    [InlineData("$.tags['it's']", "/tags/it's")]
    [InlineData("$.tags['x']y'][2]", "/tags/x']y/2")]
    [InlineData("$.tags['a[0]'].b", "/tags/a[0]/b")]
    [InlineData("$.tags.", "/tags/")]
    [InlineData("$.tags[", "/tags/")]
    [InlineData("$['open", "/open")]
    public void FromPath_gives_the_pointer(string? path, string pointer) => Assert.Equal(pointer, JsonPointers.FromPath(path));

    [Theory]
    [InlineData("a/b", "a~1b")]
    [InlineData("m~n", "m~0n")]
    [InlineData("~1", "~01")]
    public void Escape_follows_RFC_6901(string name, string step) => Assert.Equal(step, JsonPointers.Escape(name));

    [Theory]
    [InlineData("""{"name":"a","hops":[""", "is not valid JSON: ")]
    [InlineData("""{"name":"a","hops":[],"weights":{"x":"1"}}""", "must be a number (line 1, byte ")]
    [InlineData("""{"name":"a","hops":[],"matrix":{}}""", "must be a value of the documented type (line 1, byte ")]
    [InlineData("""{"hops":[]}""", "required members are missing: 'name'.")]
    [InlineData("""{"name":"a","hops":[],"nme":1}""", "is not a member of this request (line 1, byte ")]
    public void Explain_says_what_is_wrong_without_type_names(string json, string start)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var exception = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(bytes, RouteJson.Default.RouteRequest));

        var text = JsonPointers.Explain(exception);

        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.EndsWith(".", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Path:", text, StringComparison.Ordinal);
    }
}
