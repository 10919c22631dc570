namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>One laboratory for all tests of the learned policies; they run one after the other, since libtorch's random stream is one per process.</summary>
[CollectionDefinition]
public sealed class LearnedGroup : ICollectionFixture<LearnedLab>;
