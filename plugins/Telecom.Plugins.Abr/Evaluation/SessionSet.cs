using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>Sessions to play, set by set, video by video, trace by trace.</summary>
/// <param name="Sessions">At least one.</param>
/// <param name="Profile">How player, link and metric behave.</param>
/// <param name="Notes">Remarks for the reader of a report.</param>
internal sealed record SessionSet(IReadOnlyList<SessionSpec> Sessions, AbrProfile Profile, IReadOnlyList<string> Notes);
