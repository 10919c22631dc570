using System.Security.Cryptography;
using System.Text;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// Where the content of the training data faces and which dataset that holds for; buffers, so that they travel with the weights.
/// </summary>
/// <remarks>
/// A front belongs to its dataset: Jin2022 faces +83°, Wu2017 −76°. Applying one to the other would be worse than knowing none, so the dataset is
/// stored beside the angle, as a hash because tensors hold no text. Executor thread only.
/// </remarks>
internal sealed class ContentFront : nn.Module
{
    private readonly Tensor yaw;
    private readonly Tensor dataset;

    public ContentFront()
        : base(nameof(ContentFront))
    {
        // yaw: [1] degrees; dataset: [32], all zero before training, which no hash is.
        yaw = zeros(1);
        dataset = zeros(SHA256.HashSizeInBytes, uint8);
        RegisterComponents();
    }

    /// <summary>Where the method's weights are.</summary>
    public Device Device => yaw.device;

    /// <summary>Stores what training found.</summary>
    public void Set(double yawDegrees, string datasetId)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        yaw.FillInPlace(yawDegrees);
        dataset.copy_(tensor(Hash(datasetId)));
    }

    /// <returns>Front direction in degrees by dataset id; null for every dataset but the trained one. Case is ignored.</returns>
    public Func<string?, double?> Read()
    {
        using var scope = NewDisposeScope();
        var degrees = yaw.item<float>();
        var trained = dataset.cpu().data<byte>().ToArray();
        return id => id is not null && Hash(id).AsSpan().SequenceEqual(trained) ? degrees : null;
    }

    private static byte[] Hash(string datasetId) => SHA256.HashData(Encoding.UTF8.GetBytes(datasetId.ToUpperInvariant()));
}
