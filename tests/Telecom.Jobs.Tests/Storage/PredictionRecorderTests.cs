using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Tests.Storage;

public sealed class PredictionRecorderTests : IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder folder = new();
    private TelecomStore store = null!;

    private string File => folder.File("telecom.db");

    public ValueTask InitializeAsync()
    {
        store = TelecomStore.Open(File);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Dispose_writes_everything_that_waits()
    {
        var recorder = Recorder(new() { BatchRows = 16 });
        await Parallel.ForAsync(0, 300, Token, (row, token) => recorder.RecordAsync(Samples.Prediction(row), token));

        await recorder.DisposeAsync();

        Assert.Equal(300, (await store.QueryAsync(new() { Limit = 500 }, Token)).Items.Count);
    }

    [Fact]
    public async Task Flush_makes_earlier_predictions_visible()
    {
        await using var recorder = Recorder(new());
        var prediction = Samples.Prediction(0);
        await recorder.RecordAsync(prediction, Token);

        await recorder.FlushAsync(Token);

        Assert.NotNull(await store.FindAsync(prediction.Id, Token));
    }

    [Fact]
    public async Task One_row_that_is_stored_already_does_not_keep_its_batch_from_being_stored()
    {
        var known = Samples.Prediction(0);
        await store.SaveAsync([known], Token);
        await using var recorder = Recorder(new());
        foreach (var prediction in new[] { Samples.Prediction(1), known, Samples.Prediction(2) })
        {
            await recorder.RecordAsync(prediction, Token);
        }

        await recorder.FlushAsync(Token);

        Assert.Equal(3, (await store.QueryAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_until_the_store_is_free_and_loses_nothing()
    {
        await using var recorder = Recorder(new() { Capacity = 2, BatchRows = 1, Patience = TimeSpan.FromMinutes(1) });
        Task[] calls;
        using (Lock())
        {
            calls = [.. Enumerable.Range(0, 8).Select(row => recorder.RecordAsync(Samples.Prediction(row), Token).AsTask())];

            // One is being written and two wait: the others are held back.
            Assert.InRange(calls.Count(call => !call.IsCompleted), 5, 6);
        }

        await Task.WhenAll(calls);
        await recorder.FlushAsync(Token);

        Assert.Equal(8, (await store.QueryAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task A_caller_without_patience_left_is_refused_as_queue_full()
    {
        await using var recorder = Recorder(new() { Capacity = 1, BatchRows = 1, Patience = TimeSpan.FromMilliseconds(20) });
        using var locked = Lock();

        var refusal = await Assert.ThrowsAsync<TelecomException>(async () =>
        {
            for (var row = 0; row < 4; row++)
            {
                await recorder.RecordAsync(Samples.Prediction(row), Token);
            }
        });

        Assert.Equal(ErrorCode.QueueFull, refusal.Code);
    }

    [Fact]
    public async Task A_caller_that_gives_up_waiting_is_cancelled()
    {
        await using var recorder = Recorder(new() { Capacity = 1, BatchRows = 1, Patience = TimeSpan.FromMinutes(1) });
        using var locked = Lock();
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 4).Select(row => recorder.RecordAsync(Samples.Prediction(row), cancellation.Token).AsTask()).ToArray();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[^1]);
    }

    [Fact]
    public async Task A_store_that_failed_for_a_while_receives_the_batch_afterwards()
    {
        await using var recorder = Recorder(new());
        var prediction = Samples.Prediction(0);
        using (var connection = Connect())
        {
            Execute(connection, "ALTER TABLE predictions RENAME TO away");
            await recorder.RecordAsync(prediction, Token);
            await UntilAsync(() => recorder.Failure is not null);
            Execute(connection, "ALTER TABLE away RENAME TO predictions");
        }

        await UntilAsync(() => recorder.Failure is null);

        Assert.NotNull(await store.FindAsync(prediction.Id, Token));
    }

    [Fact]
    public async Task Predictions_that_come_shortly_after_one_another_are_stored_in_one_transaction()
    {
        var time = new FakeTimeProvider();
        await using var recorder = new PredictionRecorder(
            store, new() { Linger = TimeSpan.FromMilliseconds(20) }, time, NullLogger<PredictionRecorder>.Instance);
        await recorder.RecordAsync(Samples.Prediction(0), Token);
        await recorder.RecordAsync(Samples.Prediction(1), Token);
        Assert.Empty((await store.QueryAsync(new(), Token)).Items);

        // The writer may start its wait a little after the first row came.
        IReadOnlyList<StoredPrediction> seen = [];
        while (seen.Count == 0)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            seen = (await store.QueryAsync(new(), Token)).Items;
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task Who_asks_for_what_he_handed_in_does_not_wait_for_others()
    {
        // Time stands still.
        await using var recorder = new PredictionRecorder(store, new(), new FakeTimeProvider(), NullLogger<PredictionRecorder>.Instance);
        var prediction = Samples.Prediction(0);
        await recorder.RecordAsync(prediction, Token);

        await recorder.FlushAsync(Token);

        Assert.NotNull(await store.FindAsync(prediction.Id, Token));
    }

    [Fact]
    public async Task A_closed_recorder_refuses()
    {
        var recorder = Recorder(new());
        await recorder.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<TelecomException>(() => recorder.RecordAsync(Samples.Prediction(0), Token).AsTask());

        Assert.Equal(ErrorCode.QueueFull, refusal.Code);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private PredictionRecorder Recorder(PredictionRecorderOptions options) =>
        new(store, options, TimeProvider.System, NullLogger<PredictionRecorder>.Instance);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private WriteLock Lock() => new(Connect());

    /// <summary>Keeps the file from being written until disposed.</summary>
    private sealed class WriteLock : IDisposable
    {
        private readonly SqliteConnection connection;
        private readonly SqliteTransaction transaction;

        public WriteLock(SqliteConnection connection)
        {
            this.connection = connection;
            transaction = connection.BeginTransaction(deferred: false);
        }

        public void Dispose()
        {
            transaction.Dispose();
            connection.Dispose();
        }
    }
}
