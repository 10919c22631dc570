using Telecom.Sdk.Training;

namespace Telecom.Modeling.Training;

/// <summary>Linear warm-up, then constant or half a cosine towards zero.</summary>
/// <param name="options">Peak rate, warm-up fraction and form.</param>
/// <param name="totalSteps">Optimiser steps of the whole run.</param>
internal sealed class LearningRateSchedule(TrainingOptions options, long totalSteps)
{
    private readonly double warmUpSteps = Math.Ceiling(options.WarmUp * totalSteps);

    /// <summary>
    /// With w warm-up steps of n: peak (s + 1) / w for s &lt; w, then peak (1 + cos(pi (s - w) / (n - w))) / 2, or peak without the cosine.
    /// </summary>
    /// <param name="step">Steps already taken, from 0.</param>
    public double At(long step)
    {
        if (step < warmUpSteps)
        {
            return options.LearningRate * (step + 1) / warmUpSteps;
        }

        var phase = (step - warmUpSteps) / Math.Max(1.0, totalSteps - warmUpSteps);
        return options.Cosine ? options.LearningRate * 0.5 * (1.0 + Math.Cos(Math.PI * phase)) : options.LearningRate;
    }
}
