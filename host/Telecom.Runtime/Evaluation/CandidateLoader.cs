using Telecom.Modeling.Bundles;
using Telecom.Runtime.Models;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Evaluation;

/// <summary>Loads the weights of a candidate apart from those that serve.</summary>
internal sealed class CandidateLoader<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task)
    where TIn : class
    where TOut : class
{
    /// <param name="method">The method.</param>
    /// <param name="candidate">Its bundle and base; a learned method must have a bundle.</param>
    /// <returns>A model of the caller's own; it is disposed on the executor thread.</returns>
    public async Task<LoadedModel<TIn, TOut>> LoadAsync(MethodDefinition<TIn, TOut> method, Candidate candidate)
    {
        if (method.Analytic is { } analytic)
        {
            return new LoadedModel<TIn, TOut>(method.Descriptor, analytic);
        }

        var bundle = Bundle.Open(candidate.Folder!);
        var sharedBase = method.Descriptor.Kind == MethodKind.Adapted
            ? await services.Bases.GetAsync(candidate.Base).ConfigureAwait(false)
            : null;
        return await services.Loader.LoadAsync(task, method, bundle, sharedBase, "evaluated").ConfigureAwait(false);
    }
}
