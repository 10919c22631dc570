namespace Telecom.Modeling.Tests.Training;

/// <summary>Training draws from libtorch's one generator, so these tests never run beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    public const string Name = "training";
}
