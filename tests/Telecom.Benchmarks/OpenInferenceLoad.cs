using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace Telecom.Benchmarks;

/// <summary>Requests with 1024 numbers, in binary form or as JSON, sent by several clients of one process.</summary>
internal sealed class OpenInferenceLoad(HttpClient client)
{
    public const int Columns = 1024;

    private const string Path = "/v2/models/fixture.wide/infer";
    private const string JsonLength = "Inference-Header-Content-Length";

    private static readonly float[] Values = MakeValues();

    private static readonly byte[] Head = Encoding.UTF8.GetBytes(
        """{"inputs":[{"name":"x","shape":[1,1024],"datatype":"FP32","parameters":{"binary_data_size":4096}}],"parameters":{"binary_data_output":true}}""");

    private static readonly byte[] Binary = [.. Head, .. MemoryMarshal.AsBytes(Values.AsSpan())];

    private static readonly byte[] Json = Encoding.UTF8.GetBytes(
        """{"inputs":[{"name":"x","shape":[1,1024],"datatype":"FP32","data":["""
        + string.Join(',', Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "]}]}");

    /// <summary>One request to the model of the host.</summary>
    public Task AskHostAsync(bool isBinary) => SendAsync(new Uri(Path, UriKind.Relative), isBinary);

    /// <summary>The same body to the endpoint that copies or parses it.</summary>
    public Task AskBareAsync(bool isBinary) => SendAsync(new Uri(isBinary ? "/copy" : "/parse", UriKind.Relative), isBinary);

    /// <returns>Seconds in which every client got <paramref name="requests"/> answers, one after the other.</returns>
    public static async Task<double> RunAsync(int clients, int requests, Func<Task> ask)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < requests; i++)
            {
                await ask();
            }
        })));
        return watch.Elapsed.TotalSeconds;
    }

    private async Task SendAsync(Uri address, bool isBinary)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(isBinary ? Binary : Json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(isBinary ? "application/octet-stream" : "application/json");
        if (isBinary)
        {
            request.Headers.Add(JsonLength, Head.Length.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }

    private static float[] MakeValues()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, Columns).Select(_ => (random.NextSingle() * 200) - 100)];
    }
}
