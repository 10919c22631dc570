namespace Telecom.Client.Documents;

/// <summary>One way to answer a task.</summary>
/// <param name="Id">kebab-case id, as <see cref="Predictions.PredictionSettings.Method"/> names it.</param>
/// <param name="Kind"><c>analytic</c>, <c>network</c> or <c>adapted</c>.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Settings">Its knobs.</param>
public sealed record MethodInfo(string Id, string Kind, string Summary, IReadOnlyList<SettingInfo> Settings);
