using Telecom.Modeling.Forward;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>One base forward for every batch that waits for one, whatever its task.</summary>
internal static class ForwardRound
{
    /// <summary>Runs batches with tokens through their base and lets each consume its part. Inside the caller's dispose scope.</summary>
    /// <param name="batches">Batches that all have tokens.</param>
    /// <param name="failed">Called for each batch whose own part failed; the others go on.</param>
    public static void Run(IReadOnlyList<RunningBatch> batches, Action<RunningBatch, Exception> failed)
    {
        foreach (var group in batches.GroupBy(batch => batch.Base!.Model))
        {
            var members = group.ToArray();
            var hidden = Forward(group.Key, members, failed);
            for (var i = 0; i < members.Length; i++)
            {
                if (hidden[i] is not { } states)
                {
                    continue;
                }

                try
                {
                    members[i].Advance(states);
                }
#pragma warning disable CA1031 // A plugin may throw anything; only its own rows fail.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failed(members[i], exception);
                }
            }
        }
    }

    private static torch.Tensor?[] Forward(BaseModel? model, RunningBatch[] members, Action<RunningBatch, Exception> failed)
    {
        if (model is null)
        {
            return [.. members.Select(member => member.Tokens!.Value.Values)];
        }

        try
        {
            return model.Forward([.. members.Select(member => member.Segment())]);
        }
#pragma warning disable CA1031 // Looked at again below, one by one, to find whose tokens were wrong.
        catch (Exception) when (members.Length > 1)
        {
            return [.. members.Select(member => Forward(model, [member], failed)[0])];
        }
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(members[0], exception);
            return [null];
        }
    }
}
