namespace Telecom.Client.Tests.Support;

/// <summary>Records as an application writes them for a task of the host.</summary>
internal sealed record HeadRequest(IReadOnlyList<HeadSample> Samples, int? Steps);

internal sealed record HeadSample(double T, double Roll, double Pitch, double Yaw);

internal sealed record HeadForecast(double RateHz, IReadOnlyList<HeadStep> Steps);

internal sealed record HeadStep(double T, float Roll, float Pitch, float Yaw);
