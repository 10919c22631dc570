using Telecom.Modeling.Bases;

namespace Telecom.Sdk.Testing;

/// <summary>A base transformer for tests: 2 layers, hidden size 16, always the same seed.</summary>
public static class FakeBase
{
    /// <summary>Hidden size d.</summary>
    public const int HiddenSize = 16;

    /// <summary>Layers L.</summary>
    public const int LayerCount = 2;

    private const ulong Seed = 1;
    private const string Name = "tiny";

    /// <summary>Writes it as a checkpoint folder, which <c>--base</c> and <see cref="HarnessOptions.Base"/> take.</summary>
    /// <param name="folder">A folder that does not exist yet.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Save(string folder)
    {
        var configuration = BaseConfiguration.Nano with
        {
            HiddenSize = HiddenSize,
            LayerCount = LayerCount,
            HeadCount = 2,
            KeyValueHeadCount = 2,
            HeadSize = HiddenSize / 2,
            FeedForwardSize = 20,
        };
        using var weights = BaseInitializer.Seeded(configuration, Seed, Name);
        weights.Save(folder);
    }
}
