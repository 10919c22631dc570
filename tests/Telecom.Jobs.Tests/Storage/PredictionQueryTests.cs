using System.Buffers.Text;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Tests.Storage;

public sealed class PredictionQueryTests : IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;
    private static readonly Guid Job = Guid.CreateVersion7();

    private readonly TemporaryFolder folder = new();
    private TelecomStore store = null!;

    public async ValueTask InitializeAsync()
    {
        store = TelecomStore.Open(folder.File("telecom.db"));
        await store.SaveAsync(
            [
                Samples.Prediction(0),
                Samples.Prediction(1, method: "linear"),
                Samples.Prediction(2, task: "beta"),
                Samples.Prediction(3, jobId: Job),
                Samples.Prediction(4, task: "beta", method: "linear", jobId: Job),
            ],
            Token);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(null, null, false, null, null, "4 3 2 1 0")]
    [InlineData("alpha", null, false, null, null, "3 1 0")]
    [InlineData("alpha", "hold", false, null, null, "3 0")]
    [InlineData(null, "linear", false, null, null, "4 1")]
    [InlineData(null, null, true, null, null, "4 3")]
    [InlineData("beta", null, true, null, null, "4")]
    [InlineData(null, null, false, 1, 4, "3 2 1")]
    [InlineData("gamma", null, false, null, null, "")]
    public async Task Query_returns_what_the_filter_names_newest_first(string? task, string? method, bool ofJob, int? from, int? to, string seconds)
    {
        var query = new PredictionQuery
        {
            Task = task,
            Method = method,
            JobId = ofJob ? Job : null,
            From = from is { } first ? Samples.Start.AddSeconds(first) : null,
            To = to is { } last ? Samples.Start.AddSeconds(last) : null,
        };

        var page = await store.QueryAsync(query, Token);

        Assert.Equal(seconds, string.Join(' ', page.Items.Select(item => (item.CreatedAt - Samples.Start).TotalSeconds)));
        Assert.Null(page.NextCursor);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task Following_the_cursor_visits_rows_of_equal_time_once_and_by_descending_id(int limit)
    {
        var time = Samples.Start.AddHours(1);
        var expected = Enumerable.Range(0, 7).Select(_ => Samples.Prediction(3600, task: "ties") with { CreatedAt = time }).ToArray();
        await store.SaveAsync(expected, Token);
        var query = new PredictionQuery { Task = "ties", Limit = limit };
        var visited = new List<Guid>();

        do
        {
            var page = await store.QueryAsync(query, Token);
            visited.AddRange(page.Items.Select(item => item.Id));
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);

        // Text of UUIDs orders as their bytes do.
        Assert.Equal(expected.Select(row => row.Id).OrderByDescending(id => id.ToString(), StringComparer.Ordinal), visited);
    }

    [Fact]
    public async Task A_row_that_arrives_between_two_pages_changes_nothing_behind_the_cursor()
    {
        var first = await store.QueryAsync(new() { Limit = 2 }, Token);
        await store.SaveAsync([Samples.Prediction(100)], Token);

        var second = await store.QueryAsync(new() { Limit = 2, Cursor = first.NextCursor }, Token);

        Assert.Equal([2, 1], second.Items.Select(item => (int)(item.CreatedAt - Samples.Start).TotalSeconds));
    }

    [Fact]
    public async Task A_cursor_is_valid_after_reopening()
    {
        var first = await store.QueryAsync(new() { Limit = 2 }, Token);
        await store.DisposeAsync();
        store = TelecomStore.Open(folder.File("telecom.db"));

        Assert.Equal(3, (await store.QueryAsync(new() { Cursor = first.NextCursor }, Token)).Items.Count);
    }

    [Fact]
    public async Task A_cursor_changed_in_any_byte_is_refused()
    {
        var cursor = (await store.QueryAsync(new() { Limit = 2 }, Token)).NextCursor!;
        var bytes = Base64Url.DecodeFromChars(cursor);

        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            await RefusedAsync(new() { Cursor = Base64Url.EncodeToString(changed) }, "/cursor");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public Task A_text_that_is_no_cursor_is_refused(string cursor) => RefusedAsync(new() { Cursor = cursor }, "/cursor");

    [Fact]
    public async Task A_cursor_of_another_filter_is_refused()
    {
        var cursor = (await store.QueryAsync(new() { Limit = 2 }, Token)).NextCursor;

        await RefusedAsync(new() { Cursor = cursor, Task = "alpha" }, "/cursor");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(501)]
    public Task A_limit_out_of_range_is_refused(int limit) => RefusedAsync(new() { Limit = limit }, "/limit");

    [Fact]
    public Task An_empty_time_range_is_refused() => RefusedAsync(new() { From = Samples.Start, To = Samples.Start }, "/to");

    private async Task RefusedAsync(PredictionQuery query, string pointer)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => store.QueryAsync(query, Token));
        Assert.Equal(pointer, Assert.Single(refusal.Errors).Pointer);
    }
}
