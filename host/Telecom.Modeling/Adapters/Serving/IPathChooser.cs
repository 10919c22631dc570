namespace Telecom.Modeling.Adapters.Serving;

/// <summary>Chooses among the ways to compute a mixed batch.</summary>
public interface IPathChooser
{
    /// <summary>Whether stacks are made the first time a set of adapters comes, instead of the second.</summary>
    bool StacksAtOnce { get; }

    /// <param name="shape">The batch on one group of linear layers, with at least two adapters in it.</param>
    ServingPath Choose(in MixedShape shape);
}
