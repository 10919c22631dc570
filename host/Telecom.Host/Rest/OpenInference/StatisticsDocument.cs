namespace Telecom.Host.Rest.OpenInference;

/// <summary>Statistics of models.</summary>
internal sealed record StatisticsDocument(IReadOnlyList<ModelStatisticsDocument> ModelStats);
