using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Access;
using Telecom.Host.Rest.Idempotency;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests.Rest;

public sealed class IdempotentPostsTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-idempotency-");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private TelecomStore store = null!;
    private int made;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        store = TelecomStore.Open(Path.Combine(folder.FullName, "telecom.db"), time);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_same_request_is_carried_out_once_and_answered_alike()
    {
        var first = await SendAsync(MakeAsync);
        var second = await SendAsync(MakeAsync);

        Assert.Equal(1, made);
        Assert.Equal((201, "thing 1 of body", "/things/1"), (first.Response.StatusCode, BodyOf(first), first.Response.Headers.Location.ToString()));
        Assert.Equal((201, "thing 1 of body", "/things/1"), (second.Response.StatusCode, BodyOf(second), second.Response.Headers.Location.ToString()));
        Assert.Equal("text/plain", second.Response.ContentType);
        Assert.Equal("true", second.Response.Headers["Idempotency-Replayed"]);
        Assert.False(first.Response.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Another_key_caller_or_address_is_another_request()
    {
        await SendAsync(MakeAsync);
        await SendAsync(MakeAsync, key: "other");
        await SendAsync(MakeAsync, caller: "other");
        await SendAsync(MakeAsync, path: "/api/v1/others");

        Assert.Equal(4, made);
    }

    [Theory]
    [InlineData("another body", "?a=1", "application/json")]
    [InlineData("body", "?a=2", "application/json")]
    [InlineData("body", "?a=1", "text/plain")]
    public async Task The_same_key_with_another_request_is_a_mismatch(string body, string query, string contentType)
    {
        await SendAsync(MakeAsync);

        var refusal = await Assert.ThrowsAsync<TelecomException>(() => SendAsync(MakeAsync, body: body, query: query, contentType: contentType));

        Assert.Equal(ErrorCode.IdempotencyMismatch, refusal.Code);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task While_it_is_worked_on_it_is_in_flight_however_long_that_takes()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var first = SendAsync(async context =>
        {
            entered.SetResult();
            await release.Task;
            await MakeAsync(context);
        });
        await entered.Task;
        for (var step = 0; step < 10; step++)
        {
            time.Advance(IdempotencyStore.Lease / 3);
            await RenewedAsync();
            var refusal = await Assert.ThrowsAsync<TelecomException>(() => SendAsync(MakeAsync));
            Assert.Equal(ErrorCode.IdempotencyInFlight, refusal.Code);
        }

        release.SetResult();
        await first;

        Assert.Equal("thing 1 of body", BodyOf(await SendAsync(MakeAsync)));
    }

    [Fact]
    public async Task What_a_process_that_died_worked_on_can_be_sent_again_when_its_lease_has_run_out()
    {
        var abandoned = new TaskCompletionSource();
        var dead = SendAsync(_ => abandoned.Task);
        Assert.Equal(ErrorCode.IdempotencyInFlight, (await Assert.ThrowsAsync<TelecomException>(() => SendAsync(MakeAsync))).Code);

        // Another store does not renew for the dead one.
        var later = new FakeTimeProvider(time.GetUtcNow() + IdempotencyStore.Lease);
        await using var restarted = TelecomStore.Open(store.Path, later);
        await SendAsync(MakeAsync, other: restarted);

        Assert.Equal(1, made);
        abandoned.SetResult();
        await dead;
    }

    [Theory]
    [InlineData(400)]
    [InlineData(503)]
    public async Task A_refusal_is_not_remembered(int status)
    {
        await SendAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await Assert.ThrowsAsync<TelecomException>(() => SendAsync(_ => throw new TelecomException(ErrorCode.QueueFull, "full")));

        await SendAsync(MakeAsync, body: "mended");

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task After_24_hours_the_key_is_free()
    {
        await SendAsync(MakeAsync);
        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await SendAsync(MakeAsync);
        Assert.Equal(1, made);

        time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(MakeAsync, body: "another body");

        Assert.Equal(2, made);
    }

    [Fact]
    public async Task A_caller_who_loses_his_connection_finds_the_answer_when_he_asks_again()
    {
        using var connection = new CancellationTokenSource();
        var lost = SendAsync(
            async context =>
            {
                await connection.CancelAsync();
                context.RequestAborted.ThrowIfCancellationRequested();
                await MakeAsync(context);
            },
            connection: connection);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);

        var again = await SendAsync(MakeAsync);

        Assert.Equal(1, made);
        Assert.Equal("thing 1 of body", BodyOf(again));
    }

    [Fact]
    public async Task Nothing_of_the_answer_or_the_key_can_be_read_in_the_store()
    {
        await SendAsync(context => context.Response.WriteAsync("telecom_secret_123", Token), key: "key-of-the-caller");
        await store.DisposeAsync();

        var bytes = string.Concat(Directory.EnumerateFiles(folder.FullName).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

        Assert.Contains("idempotency", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("telecom_secret_123", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("key-of-the-caller", bytes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("täglich")]
    [InlineData(null)]
    public async Task A_key_that_is_none_is_refused(string? key) =>
        Assert.Equal(
            "/Idempotency-Key",
            Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => SendAsync(MakeAsync, key: key ?? new string('k', 256)))).Errors).Pointer);

    // The renewal runs behind the clock.
    private async Task RenewedAsync()
    {
        using var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False");
        await connection.OpenAsync(Token);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT leased_until FROM idempotency";
        var expected = (time.GetUtcNow() + IdempotencyStore.Lease - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        while ((long)(await command.ExecuteScalarAsync(Token))! < expected)
        {
            await Task.Yield();
        }
    }

    private static string BodyOf(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private async Task MakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(Token);
        made++;
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.Location = FormattableString.Invariant($"/things/{made}");
        await context.Response.WriteAsync(FormattableString.Invariant($"thing {made} of {body}"), Token);
    }

    private async Task<HttpContext> SendAsync(
        RequestDelegate endpoint,
        string key = "key",
        string body = "body",
        string query = "?a=1",
        string contentType = "application/json",
        string path = "/api/v1/things",
        string? caller = null,
        TelecomStore? other = null,
        CancellationTokenSource? connection = null)
    {
        var context = new DefaultHttpContext { RequestAborted = connection?.Token ?? Token };
        context.Request.Method = "POST";
        context.Request.Path = path;
        context.Request.QueryString = new(query);
        context.Request.ContentType = contentType;
        context.Request.Headers["Idempotency-Key"] = key;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Response.Body = new MemoryStream();
        context.SetEndpoint(new(endpoint, new(new IdempotentPost(1 << 20)), "things"));
        if (caller is not null)
        {
            context.Features.Set(new Caller(caller, caller, Scopes.Predict, null, null));
        }

        await new IdempotentPosts(endpoint, other ?? store, time, NullLogger<IdempotentPosts>.Instance).InvokeAsync(context);
        return context;
    }
}
