namespace Telecom.Sdk.Testing;

/// <summary>What a plugin is tested in.</summary>
public sealed record HarnessOptions
{
    /// <summary>The base of a host that is started without arguments.</summary>
    public const string ShippedBase = "shipped";

    /// <summary>No base: embeddings go straight into the head.</summary>
    public const string NoBase = "none";

    /// <summary>The base of <see cref="FakeBase"/>: starts at once and computes in no time, but shipped weights do not fit it.</summary>
    public const string TinyBase = "tiny";

    /// <summary>The shared base: <see cref="ShippedBase"/>, <see cref="TinyBase"/>, <see cref="NoBase"/>, or a checkpoint folder.</summary>
    public string Base { get; init; } = ShippedBase;

    /// <summary>Folders of other plugins that the plugin needs, such as its datasets.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Bundle folders that serve instead of the shipped ones; each card names the task and method it is for.</summary>
    public IReadOnlyList<string> Bundles { get; init; } = [];

    /// <summary>Threads of one tensor operation; one by default, so that numbers are the same on every machine of a kind.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Clock of the host, e.g. a <c>FakeTimeProvider</c>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
