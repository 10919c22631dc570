namespace Telecom.Modeling.Adapters;

/// <summary>When LoCA learns the places of its coefficients; the numbers are this project's.</summary>
internal static class LocaSchedule
{
    private const int CoefficientSteps = 10;
    private const int LocationSteps = 5;
    private const double LearningPart = 0.3;

    /// <summary>Farthest that a place moves in one step.</summary>
    public const double Stride = 1;

    /// <summary>Whether a step moves places instead of coefficients.</summary>
    public static bool MovesPlaces(AdapterStep step) =>
        step.Progress < LearningPart && step.Index % (CoefficientSteps + LocationSteps) >= CoefficientSteps;
}
