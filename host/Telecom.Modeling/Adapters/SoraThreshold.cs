using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>λ of SoRA's proximal step over a run.</summary>
public sealed record SoraThreshold
{
    /// <summary>λ unless stated otherwise (ours): a gate of one is closed by a thousand steps that do not open it.</summary>
    internal const double UsualFirst = 1e-3;

    private const double Least = 1e-12;
    private const double Most = 1e3;
    private const string FirstOption = "lambda";
    private const string LastOption = "last-lambda";
    private const string ScheduleOption = "schedule";

    /// <param name="first">λ at the start, above 0.</param>
    /// <param name="last">λ at the end; null keeps the first.</param>
    /// <param name="schedule">How it moves in between.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: a value is not positive and finite.</exception>
    public SoraThreshold(double first = UsualFirst, double? last = null, SoraSchedule schedule = SoraSchedule.Linear)
    {
        (First, Last, Schedule) = (first, last ?? first, schedule);
        if (First is not (> 0 and < double.PositiveInfinity) || Last is not (> 0 and < double.PositiveInfinity))
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                string.Create(
                    CultureInfo.InvariantCulture, $"Adapter method 'sora': its thresholds {First} and {Last} must be positive and finite."));
        }
    }

    /// <summary>λ at the start.</summary>
    public double First { get; }

    /// <summary>λ at the end.</summary>
    public double Last { get; }

    /// <summary>How it moves in between.</summary>
    public SoraSchedule Schedule { get; }

    /// <summary>The numbers by name.</summary>
    internal IReadOnlyDictionary<string, double> Options =>
        new Dictionary<string, double> { [FirstOption] = First, [LastOption] = Last, [ScheduleOption] = (double)Schedule };

    /// <param name="progress">Share of the run that lies behind, 0 to 1.</param>
    public double At(double progress) => Schedule switch
    {
        SoraSchedule.Linear => Between(First, Last, progress),
        SoraSchedule.LogLinear => Math.Log(Between(Math.Exp(First), Math.Exp(Last), progress)),
        _ => Math.Exp(Between(Math.Log(First), Math.Log(Last), progress)),
    };

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: a number is out of range.</exception>
    internal static SoraThreshold From(MethodOptions options)
    {
        var first = options.Number(FirstOption, UsualFirst, Least, Most);
        return new SoraThreshold(first, options.Number(LastOption, first, Least, Most), (SoraSchedule)options.Integer(ScheduleOption, 0, 0, 2));
    }

    private static double Between(double first, double last, double progress) => first + ((last - first) * progress);
}
