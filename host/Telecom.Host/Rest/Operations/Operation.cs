using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telecom.Sdk.Training;

namespace Telecom.Host.Rest.Operations;

/// <summary>One piece of long work: where it stands, what it reported, how it ended. Safe to use from any thread.</summary>
internal sealed class Operation : IProgress<ProgressReport>, IDisposable
{
    private readonly Lock gate = new();
    private readonly OperationOptions options;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource cancellation;
    private OperationState state;
    private DateTimeOffset? startedAt;
    private ProblemDocument? error;
    private ProgressReport? latest;
    private long reportedAt;
    private double percent;

    public Operation(OperationKind kind, string caller, OperationOptions options, TimeProvider time, CancellationToken stopping)
    {
        Kind = kind;
        Caller = caller;
        this.options = options;
        this.time = time;
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Cancellation = cancellation.Token;
        CreatedAt = time.GetUtcNow();
        Id = Guid.CreateVersion7(CreatedAt);
        Events = new(options.MaxEvents);
    }

    /// <summary>Sorts by time.</summary>
    public Guid Id { get; }

    public OperationKind Kind { get; }

    /// <summary>Who started it; nobody else sees it.</summary>
    public string Caller { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>Null before its end.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>What happened; readers wait here.</summary>
    public OperationEvents Events { get; }

    /// <summary>Cancelled when somebody stops the work, or the host stops.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>JSON of the result, UTF-8; empty without one.</summary>
    public ReadOnlyMemory<byte> Result { get; private set; }

    /// <summary>Whether it waits or runs.</summary>
    public bool IsActive => EndedAt is null;

    /// <summary>Takes note of progress; too many reports of one stage are thinned out.</summary>
    public void Report(ProgressReport value)
    {
        lock (gate)
        {
            var isNewStage = latest?.Stage != value.Stage;
            var isDone = value.Total > 0 && value.Done >= value.Total;
            latest = value;
            percent = value.Total > 0 ? Math.Clamp(100.0 * value.Done / value.Total, 0, 100) : percent;
            if (!IsActive || (!isNewStage && !isDone && time.GetElapsedTime(reportedAt) < options.ProgressPause))
            {
                return;
            }

            reportedAt = time.GetTimestamp();
            Add("progress", new(Math.Round(percent, 1), value.Stage, value.Done, value.Total, value.Detail), ReadableJson.Rest.ProgressDocument);
        }
    }

    /// <summary>Tells readers one line.</summary>
    public void Log(string message) => Add("log", new(time.GetUtcNow().UtcDateTime, message), ReadableJson.Rest.LogDocument);

    /// <summary>Asks the work to stop; it may take until its next step.</summary>
    public void Cancel()
    {
        lock (gate)
        {
            if (IsActive)
            {
                cancellation.Cancel();
            }
        }
    }

    public void Start()
    {
        lock (gate)
        {
            state = OperationState.Running;
            startedAt = time.GetUtcNow();
        }
    }

    /// <param name="result">One JSON document.</param>
    public void Succeed(ReadOnlyMemory<byte> result)
    {
        lock (gate)
        {
            Result = result;
            percent = 100;
            End(OperationState.Succeeded);
            Events.Add("result", SingleLine(result), isLast: true);
        }
    }

    public void Fail(ProblemDocument problem, bool isCancelled)
    {
        lock (gate)
        {
            error = problem;
            End(isCancelled ? OperationState.Cancelled : OperationState.Failed);
            Events.Add("error", JsonSerializer.SerializeToUtf8Bytes(problem, ReadableJson.Rest.ProblemDocument), isLast: true);
        }
    }

    /// <returns>What a caller sees of it.</returns>
    /// <param name="withResult">Whether the result is part of it.</param>
    public OperationDocument Describe(bool withResult)
    {
        lock (gate)
        {
            return new()
            {
                Id = Id.ToString("D"),
                Kind = Kind.Name,
                Status = JsonNamingPolicy.CamelCase.ConvertName(state.ToString()),
                Percent = Math.Round(percent, 1),
                Stage = latest?.Stage,
                CreatedAt = CreatedAt.UtcDateTime,
                StartedAt = startedAt?.UtcDateTime,
                EndedAt = EndedAt?.UtcDateTime,
                Result = withResult && !Result.IsEmpty ? JsonDocument.Parse(Result).RootElement : null,
                Error = error,
            };
        }
    }

    public void Dispose() => cancellation.Dispose();

    private void End(OperationState end)
    {
        state = end;
        EndedAt = time.GetUtcNow();
    }

    private void Add<T>(string type, T data, JsonTypeInfo<T> metadata) => Events.Add(type, JsonSerializer.SerializeToUtf8Bytes(data, metadata));

    // Results are passed through as tasks wrote them, and a line end would end the event. Within JSON strings line ends are escaped.
    private static ReadOnlyMemory<byte> SingleLine(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOfAny("\r\n"u8) < 0)
        {
            return json;
        }

        var copy = json.ToArray();
        copy.AsSpan().Replace((byte)'\r', (byte)' ');
        copy.AsSpan().Replace((byte)'\n', (byte)' ');
        return copy;
    }
}
