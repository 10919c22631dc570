using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>A host with the fixture models of the protocol.</summary>
public class ProtocolHost : IAsyncLifetime
{
    public const string JsonLength = "Inference-Header-Content-Length";

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-protocol-");

    public RunningHost Host { get; private set; } = null!;

    protected virtual (string Name, string Value)[] Settings => [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "fixtures", "fixture.protocol");
        var target = state.CreateSubdirectory("user-plugins").CreateSubdirectory("fixture.protocol").FullName;
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        Directory.CreateDirectory(Path.Combine(state.FullName, "user-plugins", "broken"));
        await File.WriteAllTextAsync(
            Path.Combine(state.FullName, "user-plugins", "broken", "plugin.json"),
            """
            { "id": "broken", "version": "2.1.0", "main": "Broken.dll", "contract": "1.0", "targetFramework": "net10.0",
              "tasks": [{ "name": "broken.task", "kind": "predict", "title": "Never there" }] }
            """);
        Host = await RunningHost.StartAsync(state.FullName, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        state.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends bytes as they are.</summary>
    internal async Task<ProtocolReply> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body = null, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
        }

        foreach (var (name, value) in headers ?? [])
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else if (name == "Content-Encoding")
            {
                request.Content!.Headers.ContentEncoding.Add(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Host.Client.SendAsync(request, Token);
        var header = response.Headers.TryGetValues(JsonLength, out var values) ? int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture) : (int?)null;
        return new(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(Token), header);
    }

    internal Task<ProtocolReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    internal Task<ProtocolReply> PostAsync(string path, string json, string contentType = "application/json") =>
        SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(json), [new("Content-Type", contentType)]);

    /// <summary>Sends JSON and the bytes of tensors after it.</summary>
    internal Task<ProtocolReply> PostAsync(string path, string json, params byte[] tail)
    {
        var head = Encoding.UTF8.GetBytes(json);
        return SendAsync(
            HttpMethod.Post,
            path,
            (byte[])[.. head, .. tail],
            [new("Content-Type", "application/octet-stream"), new(JsonLength, head.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
    }
}
