using System.Buffers;
using System.Text.Json;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tasks;

/// <inheritdoc cref="TaskServer"/>
internal sealed class TaskServer<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder) : TaskServer
    where TIn : class
    where TOut : class
{
    private readonly MethodTable<TIn, TOut> methods = new(services, task, pluginFolder);

    public override TaskDefinition Definition => task;

    public override IReadOnlyList<ModelRecord> Models => methods.Records;

    public override Task LoadModelsAsync(CancellationToken cancellationToken) => methods.LoadAsync(cancellationToken);

    public override async Task<PredictionAnswer> PredictAsync(string? methodId, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken)
    {
        var arrived = services.Time.GetTimestamp();
        var createdAt = services.Time.GetUtcNow();
        var wanted = methodId is null ? task.DefaultMethod : task.Method(methodId);
        var request = Guarded(wanted.Id, () => task.Codec.Read(requestJson.Span));
        var (lane, fallback) = Choose(wanted, request);
        var answer = await SubmitAsync(lane, request, cancellationToken).ConfigureAwait(false);
        var output = new ArrayBufferWriter<byte>(1024);
        Guarded(wanted.Id, () =>
        {
            using var writer = new Utf8JsonWriter(output);
            task.Codec.Write(writer, answer);
            return true;
        });
        return new PredictionAnswer
        {
            Id = Guid.CreateVersion7(createdAt),
            Task = task.Id,
            Method = wanted.Id,
            Bundle = lane.Model.Version,
            Base = lane.Model.Base?.Name,
            CreatedAt = createdAt,
            ElapsedMs = services.Time.GetElapsedTime(arrived).TotalMilliseconds,
            Output = output.WrittenMemory,
            Fallback = fallback,
        };
    }

    public override Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        new Evaluator<TIn, TOut>(services, task, pluginFolder).RunAsync(request, progress, cancellationToken);

    public override Task<TrainingReport> TrainAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        new TrainingSession<TIn, TOut>(services, task).RunAsync(request, progress, cancellationToken);

    public override ValueTask DisposeAsync() => methods.DisposeAsync();

    private static T Guarded<T>(string method, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is not TelecomException)
        {
            throw Fault(method, exception);
        }
    }

    private static TelecomException Fault(string method, Exception exception) =>
        new(ErrorCode.PluginFault, $"Method '{method}' failed: {exception.Message}", exception);

    // A method that is untrained, or cannot answer this request, hands over to the task's fallback, and the answer says so.
    private (Lane<TIn, TOut> Lane, string? Fallback) Choose(MethodDescriptor wanted, TIn request)
    {
        var lane = methods.Lane(wanted.Id);
        var suitability = lane?.Model.Examine(request);
        if (lane is not null && suitability!.Value.Kind == SuitabilityKind.Suitable)
        {
            return (lane, null);
        }

        if (suitability?.Kind == SuitabilityKind.Refused)
        {
            throw new InvalidInputException(suitability.Value.Pointer!, suitability.Value.Reason!, ErrorCode.Unprocessable);
        }

        return task.FallbackMethod is { } fallback
            ? (methods.Lane(fallback.Id)!, fallback.Id)
            : throw new TelecomException(ErrorCode.Untrained, methods.WhyMissing(wanted.Id));
    }

    private async Task<TOut> SubmitAsync(Lane<TIn, TOut> lane, TIn request, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Engine.SubmitAsync(lane, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not TelecomException and not OperationCanceledException)
        {
            throw Fault(lane.Model.Descriptor.Id, exception);
        }
    }
}
