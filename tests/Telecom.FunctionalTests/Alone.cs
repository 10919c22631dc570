namespace Telecom.FunctionalTests;

/// <summary>Tests during which nothing else of this assembly runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
