using Telecom.Modeling.Bases;

namespace Telecom.Sdk.Testing.Tests;

public sealed class FakeBaseTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-fake-base-");

    [Fact]
    public void The_fake_base_is_small_and_always_the_same()
    {
        var (first, second) = (Path.Combine(root.FullName, "a"), Path.Combine(root.FullName, "b"));
        FakeBase.Save(first);
        FakeBase.Save(second);

        using var weights = BaseWeights.Load(first);
        using var again = BaseWeights.Load(second);

        Assert.Equal((2, 16), (weights.Configuration.LayerCount, weights.Configuration.HiddenSize));
        Assert.Equal(weights.Fingerprint, again.Fingerprint);
    }

    public void Dispose() => root.Delete(recursive: true);
}
