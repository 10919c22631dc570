using Telecom.Modeling.Forward;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>One base forward for every batch that waits for one, whatever its task.</summary>
internal static class ForwardRound
{
    /// <summary>Runs the batches that have tokens through their base and lets each consume its part. Inside the caller's dispose scope.</summary>
    public static void Run(IReadOnlyList<RunningBatch> batches)
    {
        var waiting = new List<RunningBatch>(batches.Count);
        waiting.AddRange(batches.Where(batch => batch.Tokens is not null));
        while (waiting.Count > 0)
        {
            // A host has one base, an evaluation sometimes several.
            var model = waiting[0].Base!.Model;
            var members = waiting.FindAll(batch => batch.Base!.Model == model);
            waiting.RemoveAll(batch => batch.Base!.Model == model);
            Run(model, members);
        }
    }

    private static void Run(BaseModel? model, List<RunningBatch> members)
    {
        var hidden = Forward(model, members);
        for (var i = 0; i < members.Count; i++)
        {
            if (hidden[i] is { } states)
            {
                members[i].Advance(states);
            }
        }
    }

    /// <returns>Hidden states per batch; null where the batch failed.</returns>
    private static torch.Tensor?[] Forward(BaseModel? model, List<RunningBatch> members)
    {
        if (model is null)
        {
            return [.. members.Select(member => member.Tokens!.Value.Values.alias())];
        }

        try
        {
            return model.Forward([.. members.Select(member => member.Segment())]);
        }
#pragma warning disable CA1031 // Looked at again below, one by one, to find whose part was wrong.
        catch (Exception) when (members.Count > 1)
        {
            return [.. members.Select(member => Forward(model, [member])[0])];
        }
        catch (Exception exception)
#pragma warning restore CA1031
        {
            members[0].Fail(exception);
            return [null];
        }
    }
}
