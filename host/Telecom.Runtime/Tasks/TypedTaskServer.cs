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

    public override async Task<PredictionAnswer> PredictAsync(
        string? methodId, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken)
    {
        var arrived = services.Time.GetTimestamp();
        var createdAt = services.Time.GetUtcNow();
        var wanted = methodId is null ? task.DefaultMethod : task.Method(methodId);
        var request = MethodFault.Guard(wanted.Id, () => task.Codec.Read(requestJson.Span));
        var (lane, fallback, answer) = await AnswerAsync(wanted, request, cancellationToken).ConfigureAwait(false);
        return new PredictionAnswer
        {
            Id = Guid.CreateVersion7(createdAt),
            Task = task.Id,
            Method = wanted.Id,
            Bundle = lane.Model.Version,
            Base = lane.Model.Base?.Name,
            CreatedAt = createdAt,
            ElapsedMs = services.Time.GetElapsedTime(arrived).TotalMilliseconds,
            Output = MethodFault.Guard(lane.Model.Descriptor.Id, () => Write(answer)),
            Fallback = fallback,
        };
    }

    public override Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        new Evaluator<TIn, TOut>(services, task, pluginFolder).RunAsync(request, progress, cancellationToken);

    public override async Task<TrainingReport> TrainAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var report = await new TrainingSession<TIn, TOut>(services, task).RunAsync(request, progress, cancellationToken).ConfigureAwait(false);
        if (request.OutputDirectory is null)
        {
            // The bundle store serves its newest version.
            await methods.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return report;
    }

    public override ValueTask DisposeAsync() => methods.DisposeAsync();

    private async Task<(Lane<TIn, TOut> Lane, string? Fallback, TOut Answer)> AnswerAsync(
        MethodDescriptor wanted, TIn request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (lane, fallback) = Choose(wanted, request);
            try
            {
                return (lane, fallback, await services.Engine.SubmitAsync(lane, request, cancellationToken).ConfigureAwait(false));
            }
            catch (TelecomException exception) when (exception.Code == ErrorCode.PluginUnavailable && IsReplaced(lane))
            {
                // Another version took over between choosing and submitting.
            }
        }
    }

    private bool IsReplaced(Lane<TIn, TOut> lane) => lane.IsClosed && methods.Lane(lane.Model.Descriptor.Id) != lane;

    // A method that is untrained, or cannot answer this request, hands over to the task's fallback, and the answer says so.
    private (Lane<TIn, TOut> Lane, string? Fallback) Choose(MethodDescriptor wanted, TIn request)
    {
        var lane = methods.Lane(wanted.Id);
        var suitability = lane is null
            ? Suitability.FallBack(string.Empty, "it has no weights")
            : MethodFault.Guard(wanted.Id, () => lane.Model.Examine(request));
        if (suitability.Kind == SuitabilityKind.Suitable)
        {
            return (lane!, null);
        }

        if (suitability.Kind == SuitabilityKind.FallBack && task.FallbackMethod is { } fallback)
        {
            return (methods.Lane(fallback.Id) ?? throw methods.WhyMissing(fallback.Id), fallback.Id);
        }

        throw lane is null
            ? methods.WhyMissing(wanted.Id)
            : new InvalidInputException(suitability.Pointer!, suitability.Reason!, ErrorCode.Unprocessable);
    }

    private ReadOnlyMemory<byte> Write(TOut answer)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            task.Codec.Write(writer, answer);
        }

        return output.WrittenMemory;
    }
}
