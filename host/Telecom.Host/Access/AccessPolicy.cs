namespace Telecom.Host.Access;

/// <summary>Whether callers may leave open who they are. They then read and predict, and nothing else.</summary>
internal sealed record AccessPolicy(bool AllowsAnonymous);
