using Telecom.Runtime.Serving;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>How often, and how long altogether.</summary>
/// <param name="Count">How often.</param>
/// <param name="Ns">Nanoseconds altogether.</param>
internal sealed record DurationDocument(long Count, long Ns)
{
    public static DurationDocument Of(DurationStatistic statistic) => new(statistic.Count, (long)statistic.Total.TotalNanoseconds);
}
