using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;

namespace Telecom.Runtime.Adapters;

/// <summary>Where one version of an adapter comes from.</summary>
internal interface IAdapterSource
{
    /// <summary>The files, for listing.</summary>
    string Folder { get; }

    /// <summary>Method whose bundle it is, <c>task/method</c>; null for adapters of the store.</summary>
    string? Owner { get; }

    /// <summary>The base that it adapts.</summary>
    BaseWeights Base { get; }

    /// <summary>Host memory that <see cref="Stage"/> takes at most. Any thread.</summary>
    long MeasureHostBytes();

    /// <summary>Reads and checks the files. Any thread; no tensor is touched.</summary>
    /// <exception cref="Sdk.Errors.TelecomException">With every problem that was found.</exception>
    StagedAdapter Stage(int maxRank);
}
