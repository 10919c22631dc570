using System.Buffers;
using System.Text.Json;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Sessions;
using Telecom.Runtime.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tasks;

/// <inheritdoc cref="TaskServer"/>
internal sealed partial class TaskServer<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder) : TaskServer
    where TIn : class
    where TOut : class
{
    private readonly MethodTable<TIn, TOut> methods = new(services, task, pluginFolder);

    public override TaskDefinition Definition => task;

    public override IReadOnlyList<ModelRecord> Models => methods.Records;

    public override Task LoadModelsAsync(CancellationToken cancellationToken) => methods.LoadAsync(cancellationToken);

    public override Task<PredictionAnswer> PredictAsync(
        PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken) => options.Session is null
        ? MeasureAsync(measure => PredictAsync(options, requestJson, null, measure, cancellationToken))
        : PredictInSessionAsync(options, requestJson, cancellationToken);

    private async Task<PredictionAnswer> PredictAsync(
        PredictionOptions options, ReadOnlyMemory<byte> requestJson, Session? session, RequestMeasure measure, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(options.Timeout ?? services.Options.RequestTimeout, services.Time);
        var createdAt = services.Time.GetUtcNow();
        var wanted = options.Method is null ? task.DefaultMethod : task.Method(options.Method);
        RequireAdapter(options, wanted);
        var request = Resume(session, Read(wanted.Id, requestJson));
        measure.EndInput();
        var (lane, fallback, adapter, answers) =
            await AnswerAsync(options, wanted, [request], deadline, measure, cancellationToken).ConfigureAwait(false);
        measure.BeginOutput();
        Remember(session, request, answers[0]);
        return new PredictionAnswer
        {
            Id = Guid.CreateVersion7(createdAt),
            Task = task.Id,
            Method = wanted.Id,
            Bundle = lane.Model.Version,
            Base = lane.Model.Base?.Name,
            Adapter = adapter,
            Session = session?.Id,
            CreatedAt = createdAt,
            ElapsedMs = deadline.Elapsed.TotalMilliseconds,
            Output = MethodFault.Guard(lane.Model.Descriptor.Id, () => Write(answers[0])),
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

    private async Task<TAnswer> MeasureAsync<TAnswer>(Func<RequestMeasure, Task<TAnswer>> predict)
    {
        using var measure = new RequestMeasure(services.Engine.Metrics.Of(task.Id), services.Time);
        try
        {
            var answer = await predict(measure).ConfigureAwait(false);
            measure.Succeed();
            return answer;
        }
        catch (Exception exception)
        {
            measure.Fail(exception);
            throw;
        }
    }

    // An adapter that nobody knows is refused first of all: no other answer may hide it.
    private void RequireAdapter(PredictionOptions options, MethodDescriptor wanted)
    {
        if (options.Adapter is not { } text)
        {
            return;
        }

        if (wanted.Kind != MethodKind.Adapted)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput, $"Method '{wanted.Id}' of task '{task.Id}' takes no adapter: only adapted methods do.");
        }

        services.Adapters.Find(AdapterReference.Parse(text));
    }

    // Rows that may share a batch. Those of one request either all go to the wanted method or all to the fallback.
    private async Task<(Lane<TIn, TOut> Lane, string? Fallback, string? Adapter, TOut[] Answers)> AnswerAsync(
        PredictionOptions options,
        MethodDescriptor wanted,
        TIn[] rows,
        Deadline deadline,
        RequestMeasure measure,
        CancellationToken cancellationToken)
    {
        AdapterReference? named = options.Adapter is { } text ? AdapterReference.Parse(text) : null;
        while (true)
        {
            var (lane, fallback) = Choose(wanted, rows[0]);
            try
            {
                // The lease goes with the row, which may outlive its caller.
                var lease = await LeaseAsync(lane, fallback is null ? named : null, deadline, cancellationToken).ConfigureAwait(false);
                var clock = measure.Enqueue();
                var ticket = new Ticket(deadline, lease, options.Client, clock);
                var answers = await services.Engine.SubmitAsync(lane, rows, ticket, cancellationToken).ConfigureAwait(false);
                measure.EndPart(clock);
                return (lane, fallback, lease?.Entry.Reference, answers);
            }
            catch (TelecomException exception) when (IsReplacement(exception.Code) && IsReplaced(lane))
            {
                // Another version took over between choosing and submitting.
            }
        }
    }

    private static bool IsReplacement(ErrorCode code) => code is ErrorCode.PluginUnavailable or ErrorCode.AdapterNotFound;

    private async ValueTask<AdapterLease?> LeaseAsync(
        Lane<TIn, TOut> lane, AdapterReference? named, Deadline deadline, CancellationToken cancellationToken) =>
        named is { } reference ? await services.Adapters.AcquireAsync(reference, deadline, cancellationToken).ConfigureAwait(false)
        : lane.Model.Entry is { } entry ? await services.Adapters.AcquireAsync(entry, deadline, cancellationToken).ConfigureAwait(false)
        : null;

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

    private TIn Read(string method, ReadOnlyMemory<byte> requestJson)
    {
        using var beat = PluginPulse.Enter(services.Pulse);
        return MethodFault.Guard(method, () => task.Codec.Read(requestJson.Span));
    }

    private ReadOnlyMemory<byte> Write(TOut answer)
    {
        using var beat = PluginPulse.Enter(services.Pulse);
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            task.Codec.Write(writer, answer);
        }

        return output.WrittenMemory;
    }
}
