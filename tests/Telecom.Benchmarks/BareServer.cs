using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Telecom.Benchmarks;

/// <summary>Kestrel with two endpoints and nothing else: one copies the bytes of a body, one parses the numbers of a request and writes them again.</summary>
internal static class BareServer
{
    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.MapPost("/copy", (RequestDelegate)CopyAsync);
        application.MapPost("/parse", (RequestDelegate)ParseAsync);
        await application.StartAsync();
        return application;
    }

    private static async Task CopyAsync(HttpContext context)
    {
        var (body, length) = await ReadAsync(context.Request);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = length;
        await context.Response.BodyWriter.WriteAsync(body.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(body);
    }

    private static async Task ParseAsync(HttpContext context)
    {
        var (body, length) = await ReadAsync(context.Request);
        var values = Parse(body.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(body);
        var buffer = new ArrayBufferWriter<byte>(length);
        Write(buffer, values);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory);
    }

    private static async Task<(byte[] Body, int Length)> ReadAsync(HttpRequest request)
    {
        var body = ArrayPool<byte>.Shared.Rent((int)request.ContentLength!.Value + 1);
        var length = 0;
        for (int read; (read = await request.Body.ReadAsync(body.AsMemory(length))) > 0;)
        {
            length += read;
        }

        return (body, length);
    }

    private static float[] Parse(ReadOnlySpan<byte> json)
    {
        var values = new float[OpenInferenceLoad.Columns];
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("data"u8))
            {
                continue;
            }

            reader.Read();
            for (var i = 0; reader.Read() && reader.TokenType == JsonTokenType.Number; i++)
            {
                values[i] = reader.GetSingle();
            }
        }

        return values;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, float[] values)
    {
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("data"u8);
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
