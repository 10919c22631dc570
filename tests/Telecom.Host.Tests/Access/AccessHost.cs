using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Access;
using Telecom.Host.Rest;
using Telecom.Host.Tests.Fakes;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Tests.Access;

/// <summary>The real web application on a real port, around a runtime that answers one made-up task.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-access-");
    private readonly PredictionRecorder recorder;
    private bool isDisposed;

    private AccessHost(string url, bool allowsAnonymous, TimeProvider time, ILoggerFactory loggers, FakeRuntime runtime, (string, string?)[] settings)
    {
        Runtime = runtime;
        Store = TelecomStore.Open(Path.Combine(state.FullName, "telecom.db"));
        recorder = new(Store, new(), TimeProvider.System, NullLogger<PredictionRecorder>.Instance);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))).Build();
        Application = HostApplication.Build(
            ServeAddresses.Parse(url) with { AllowsAnonymous = allowsAnonymous }, runtime, Store, recorder, loggers, time, configuration);
        Time = time;
    }

    public FakeRuntime Runtime { get; }

    public TelecomStore Store { get; }

    public WebApplication Application { get; }

    public TimeProvider Time { get; }

    public string StateFolder => state.FullName;

    public HttpClient Client { get; private set; } = null!;

    public KeyRing Keys => Application.Services.GetRequiredService<KeyRing>();

    /// <summary>A host that other machines can reach; asked from this one.</summary>
    public static Task<AccessHost> OpenAsync(params (string, string?)[] settings) => StartAsync("http://0.0.0.0:0", settings: settings);

    /// <summary>A host that only this machine can reach.</summary>
    public static Task<AccessHost> LocalAsync(params (string, string?)[] settings) => StartAsync("http://127.0.0.1:0", settings: settings);

    public static async Task<AccessHost> StartAsync(
        string url,
        bool allowsAnonymous = false,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        Action<WebApplication>? more = null,
        FakeRuntime? runtime = null,
        (string, string?)[]? settings = null)
    {
        var host = new AccessHost(
            url, allowsAnonymous, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, runtime ?? new(), settings ?? []);
        more?.Invoke(host.Application);
        await host.Application.StartAsync(TestContext.Current.CancellationToken);
        var port = new Uri(host.Application.Urls.Single()).Port;
        host.Client = new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        return host;
    }

    /// <returns>A new key.</returns>
    public async Task<string> AddKeyAsync(string scopes, DateTimeOffset? expiresAt = null, long? rowsPerDay = null, string name = "tester")
    {
        var (stored, key) = KeyMaker.Make(
            new() { Name = name, Scopes = scopes.Split(' '), ExpiresAt = expiresAt, RowsPerDay = rowsPerDay }, Time.GetUtcNow());
        await Keys.AddAsync(stored, TestContext.Current.CancellationToken);
        return key;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? key = null, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        request.Content = body is null ? null : JsonContent.Create(body);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string address, string? key = null) => SendAsync(HttpMethod.Get, address, key);

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string address, string? key = null, JsonNode? body = null)
    {
        using var response = await SendAsync(method, address, key, body);
        return response.StatusCode;
    }

    public async Task<JsonNode> JsonAsync(HttpMethod method, string address, HttpStatusCode expected, string? key = null, JsonNode? body = null)
    {
        using var response = await SendAsync(method, address, key, body);
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        Client?.Dispose();
        await Application.StopAsync(CancellationToken.None);
        await Application.DisposeAsync();
        await recorder.DisposeAsync();
        await Store.DisposeAsync();
        state.Delete(recursive: true);
    }
}
