using System.Net;
using System.Text;
using System.Text.Json;
using Telecom.Testing;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>The HTTP cases of the shared data, against the model they name.</summary>
public sealed class ProtocolCaseTests(ProtocolHost host) : IClassFixture<ProtocolHost>
{
    // The data hold 15 cases; more that are added come by themselves once this number grows.
    private const int Cases = 15;

    public static TheoryData<int> Numbers { get; } = [.. Enumerable.Range(0, Cases)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Case_has_the_expected_answer(int number)
    {
        var all = Read();
        Assert.Equal(Cases, all.GetArrayLength());
        var given = all[number];
        var headers = given.TryGetProperty("headers", out var named)
            ? named.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!)
            : [];

        var reply = await host.SendAsync(new HttpMethod(given.GetProperty("method").GetString()!), given.GetProperty("path").GetString()!, Body(given), headers);

        Check(given.GetProperty("name").GetString()!, given.GetProperty("expect"), reply);
    }

    private static JsonElement Read() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder("platform"), "oip_cases.json"))).RootElement;

    private static byte[]? Body(JsonElement given) =>
        given.TryGetProperty("json", out var json) ? Encoding.UTF8.GetBytes(json.GetRawText())
        : given.TryGetProperty("raw", out var raw) ? Encoding.UTF8.GetBytes(raw.GetString()!)
        : given.TryGetProperty("hex", out var hex) ? Convert.FromHexString(hex.GetString()!)
        : null;

    private static void Check(string name, JsonElement expected, ProtocolReply reply)
    {
        reply.Expect((HttpStatusCode)expected.GetProperty("status").GetInt32());
        if (expected.TryGetProperty("json_subset", out var subset))
        {
            AssertSubset(subset, reply.Json, name);
        }

        if (expected.TryGetProperty("tail_hex", out var tail))
        {
            Assert.Equal(tail.GetString(), Convert.ToHexStringLower(reply.Tail));
        }

        if (expected.TryGetProperty("error_key", out var key))
        {
            Assert.Equal(JsonValueKind.String, reply.Json.GetProperty(key.GetString()!).ValueKind);
            reply.Error(reply.Status);
        }
    }

    // Every member that is named must be there and be equal; arrays element by element; further members are allowed.
    private static void AssertSubset(JsonElement expected, JsonElement actual, string at)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in expected.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(member.Name, out var value), $"{at}.{member.Name} is missing in {actual}");
                    AssertSubset(member.Value, value, $"{at}.{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{at} is {actual} instead of {expected}");
                for (var i = 0; i < expected.GetArrayLength(); i++)
                {
                    AssertSubset(expected[i], actual[i], $"{at}[{i}]");
                }

                break;
            case JsonValueKind.Number:
                Assert.True(expected.GetDouble().Equals(actual.GetDouble()), $"{at} is {actual} instead of {expected}");
                break;
            default:
                Assert.True(JsonElement.DeepEquals(expected, actual), $"{at} is {actual} instead of {expected}");
                break;
        }
    }
}
