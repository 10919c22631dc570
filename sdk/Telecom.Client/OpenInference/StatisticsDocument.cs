namespace Telecom.Client.OpenInference;

/// <summary>Statistics as they are on the wire.</summary>
internal sealed record StatisticsDocument(IReadOnlyList<ModelStatistics> ModelStats);
