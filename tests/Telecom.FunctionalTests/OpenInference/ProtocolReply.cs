using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>An answer of the protocol, byte by byte.</summary>
internal sealed record ProtocolReply(HttpStatusCode Status, string? MediaType, byte[] Body, int? JsonLength)
{
    /// <summary>The JSON before any bytes of tensors.</summary>
    public JsonElement Json => JsonDocument.Parse(Body.AsMemory(0, JsonLength ?? Body.Length)).RootElement;

    /// <summary>The bytes after the JSON.</summary>
    public byte[] Tail => Body[(JsonLength ?? Body.Length)..];

    public JsonElement Output(int index) => Json.GetProperty("outputs")[index];

    public ProtocolReply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Encoding.UTF8.GetString(Body)}");
        return this;
    }

    /// <returns>The text of a refusal, which has the one form that the protocol gives it.</returns>
    public string Error(HttpStatusCode status)
    {
        Expect(status);
        Assert.Equal("application/json", MediaType);
        var member = Assert.Single(Json.EnumerateObject());
        Assert.Equal("error", member.Name);
        var text = member.Value.GetString()!;
        Assert.NotEmpty(text);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return text;
    }
}
