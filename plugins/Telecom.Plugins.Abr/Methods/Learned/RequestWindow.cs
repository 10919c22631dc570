using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Observations;
using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>The last w steps of a running session, the decision that is asked for included.</summary>
/// <remarks>
/// A window depends on its request alone, so a request that carries the session's chunks gives what the running session gives. Rewards of chunks that a
/// request does not carry count as earned at the pace of the target.
/// </remarks>
internal static class RequestWindow
{
    /// <returns>Steps of a request's window; without levels and rewards of earlier chunks only the decision itself.</returns>
    public static int Count(AbrRequest request, PolicyRecipe recipe)
    {
        var first = request.Chunk - request.Played.Length;
        return request.HasContext ? Math.Min(recipe.Window, request.Chunk - Math.Max(first, 0)) : 1;
    }

    /// <summary>Windows of requests with equally many steps.</summary>
    public static StepBatch Of(ReadOnlySpan<AbrRequest> requests, PolicyRecipe recipe)
    {
        var batch = new StepBatch(requests.Length, Count(requests[0], recipe), recipe.StateSize);
        var state = new double[recipe.StateSize];
        for (var row = 0; row < requests.Length; row++)
        {
            WriteStates(requests[row], recipe, batch, row, state);
            WriteReturns(requests[row], recipe, batch, row);
        }

        return batch;
    }

    private static void WriteStates(AbrRequest request, PolicyRecipe recipe, StepBatch batch, int row, double[] state)
    {
        var played = Shown(request, batch.Steps + recipe.History);
        for (var step = 0; step < batch.Steps; step++)
        {
            // Chunks behind the step are what it did not know yet.
            var behind = batch.Steps - 1 - step;
            AbrObservation.Write(request.Video, played.AsSpan(0, played.Length - behind), recipe.History, state);
            var target = batch.State(row, step);
            for (var i = 0; i < state.Length; i++)
            {
                target[i] = (float)state[i];
            }

            var index = (row * batch.Steps) + step;
            batch.TimeSteps[index] = request.Chunk - behind - 1;
            batch.Actions[index] = behind == 0 ? 0 : (float)(played[^behind].Level + 1) / recipe.Levels;
        }
    }

    private static void WriteReturns(AbrRequest request, PolicyRecipe recipe, StepBatch batch, int row)
    {
        var returns = recipe.Returns!;
        var target = returns.Start(request.TargetScale ?? recipe.TargetScale);
        var pace = target / (request.Video.Chunks - 1);
        var played = request.Played.Span;
        var first = request.Chunk - played.Length;
        for (var chunk = 1; chunk <= request.Chunk; chunk++)
        {
            var step = chunk - request.Chunk + batch.Steps - 1;
            if (step >= 0)
            {
                batch.Returns[(row * batch.Steps) + step] = (float)target;
            }

            if (chunk < request.Chunk)
            {
                target = request.HasContext && chunk >= first ? returns.After(target, played[chunk - first].Reward) : target - pace;
            }
        }
    }

    // The player knows level and buffer best; a history of downloads does not carry them at all.
    private static PlayedChunk[] Shown(AbrRequest request, int most)
    {
        var played = request.Played.Span;
        var shown = played[^Math.Min(most, played.Length)..].ToArray();
        for (var i = 0; i < shown.Length; i++)
        {
            if (!request.HasContext || i == shown.Length - 1)
            {
                shown[i] = shown[i] with { Level = request.LastLevel, BufferSeconds = request.BufferSeconds };
            }
        }

        return shown;
    }
}
