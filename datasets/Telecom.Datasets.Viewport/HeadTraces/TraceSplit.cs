namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>One split: the cross product of its videos and users, video by video in the listed order.</summary>
/// <param name="Videos">Video numbers.</param>
/// <param name="Users">User numbers.</param>
internal sealed record TraceSplit(IReadOnlyList<int> Videos, IReadOnlyList<int> Users);
