using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests.Support;

/// <summary>Clients as applications get them, and what they sent.</summary>
internal sealed class ServedClient : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private ServedClient(ServiceProvider services, RecordingHandler recording)
    {
        this.services = services;
        Recording = recording;
        Client = services.GetRequiredService<TelecomClient>();
    }

    public TelecomClient Client { get; }

    public RecordingHandler Recording { get; }

    /// <summary>A client of a host that runs, with its first key, which may do everything, or another.</summary>
    public static ServedClient Of(ProtocolHost host, string? key = null) => Create(
        options =>
        {
            options.Address = host.Host.Client.BaseAddress!;
            options.ApiKey = key ?? host.Host.Client.DefaultRequestHeaders.Authorization!.Parameter;
        },
        null,
        null);

    /// <summary>A client of answers that a test gives.</summary>
    public static ServedClient Of(
        Func<HttpRequestMessage, HttpResponseMessage> answer, FakeTimeProvider? time = null, Action<TelecomClientOptions>? configure = null) =>
        Create(configure ?? (_ => { }), answer, time);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static ServedClient Create(
        Action<TelecomClientOptions> configure, Func<HttpRequestMessage, HttpResponseMessage>? answer, FakeTimeProvider? time)
    {
        var recording = new RecordingHandler(answer);
        var services = new ServiceCollection();
        if (time is not null)
        {
            services.AddSingleton<TimeProvider>(time);
        }

        services.AddTelecomClient(configure).AddHttpMessageHandler(() => recording);
        return new(services.BuildServiceProvider(validateScopes: true), recording);
    }

    /// <summary>The last handler before the network, or instead of it.</summary>
    internal sealed class RecordingHandler(Func<HttpRequestMessage, HttpResponseMessage>? answer) : DelegatingHandler
    {
        public List<SentRequest> Sent { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            Sent.Add(new(
                request.Method.Method,
                request.RequestUri!.PathAndQuery,
                request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(header => header.Key, header => string.Join(',', header.Value)),
                body));
            var response = answer?.Invoke(request) ?? await base.SendAsync(request, cancellationToken);
            response.RequestMessage ??= request;
            return response;
        }
    }
}

/// <summary>One request as it left.</summary>
internal sealed record SentRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
