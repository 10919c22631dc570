using Quartz;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Schedules;

/// <summary>
/// Times by a cron expression in a time zone. A daily time that the change to summer time leaves out fires at the first valid instant after it; one that
/// the change back repeats fires at its first pass. What fires more often than daily goes through both passes.
/// </summary>
/// <remarks>The expression is Quartz's: six or seven fields that begin with seconds. Five fields are taken as those of Unix.</remarks>
public sealed record CronSchedule : Schedule
{
    private const string Pointer = "/schedule/cron";
    private const int UnixFields = 5;

    private readonly CronExpression cron;

    /// <param name="expression">The expression, e.g. <c>0 0/15 * * * ?</c> or <c>*/15 * * * *</c>.</param>
    /// <param name="timeZone">IANA name, e.g. <c>Europe/Bucharest</c>; UTC by default.</param>
    /// <exception cref="InvalidInputException">The expression or the zone cannot be read.</exception>
    public CronSchedule(string expression, string timeZone = "UTC")
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found)
            ? found
            : throw new InvalidInputException("/schedule/timeZone", $"'{timeZone}' is no time zone: give an IANA name such as Europe/Bucharest.");
        cron = Parse(expression.Trim()).WithTimeZone(zone);
        (Expression, TimeZone) = (cron.ToString(), timeZone);
    }

    /// <summary>The expression in Quartz's form.</summary>
    public string Expression { get; }

    /// <summary>IANA name of the time zone.</summary>
    public string TimeZone { get; }

    /// <inheritdoc/>
    public override DateTimeOffset? NextAfter(DateTimeOffset moment) => cron.GetNextValidTimeAfter(moment)?.ToUniversalTime();

    /// <inheritdoc/>
    public bool Equals(CronSchedule? other) => other is not null && (Expression, TimeZone) == (other.Expression, other.TimeZone);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Expression, TimeZone);

    private static CronExpression Parse(string expression)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return CronExpression.Parse(expression, fields == UnixFields ? CronFormat.Unix : CronFormat.Quartz);
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(
                Pointer, $"'{expression}' is no cron expression of seconds, minutes, hours, day of month, month and day of week: {exception.Message}");
        }
    }
}
