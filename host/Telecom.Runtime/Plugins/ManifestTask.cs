namespace Telecom.Runtime.Plugins;

/// <summary>One entry of <c>tasks</c> in a manifest.</summary>
/// <param name="Name">Id of the task or dataset, unique in the host.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Title">One line for people.</param>
public sealed record ManifestTask(string Name, ManifestTaskKind Kind, string Title);
