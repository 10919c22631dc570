using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Simulation;

/// <summary>Methods of one task with weights of their own, loaded when asked for and kept until the work is done.</summary>
internal sealed class PrivateMethods<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder)
    : IMethodSource<TIn, TOut>, IAsyncDisposable
    where TIn : class
    where TOut : class
{
    private readonly CandidateLoader<TIn, TOut> loader = new(services, task);
    private readonly Dictionary<string, LoadedModel<TIn, TOut>> models = new(StringComparer.Ordinal);

    public async ValueTask<IMethod<TIn, TOut>> GetAsync(string methodId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!models.TryGetValue(methodId, out var model))
        {
            var method = task.MethodDefinition(methodId);
            var request = new EvaluationRequest { Task = task.Id, Methods = [methodId] };
            var candidate = (await new CandidateFinder(services, task, pluginFolder).FindAsync(request, []).ConfigureAwait(false))[0];
            if (method.Analytic is null && candidate.Folder is null)
            {
                throw new TelecomException(
                    ErrorCode.Untrained,
                    $"Method '{methodId}' has no bundle for base '{candidate.Base}': run 'telecom train {task.Id} --method {methodId}'.");
            }

            model = await loader.LoadAsync(method, candidate).ConfigureAwait(false);
            models.Add(methodId, model);
        }

        return new ExecutorMethod<TIn, TOut>(services.Executor, model);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var model in models.Values)
        {
            await services.Executor.RunAsync(model.Dispose, CancellationToken.None).ConfigureAwait(false);
        }

        models.Clear();
    }
}
