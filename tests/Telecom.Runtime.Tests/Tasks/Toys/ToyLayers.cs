using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Encoder, feedback of a prediction as the next token, head, and a buffer that no parameter depends on.</summary>
internal sealed class ToyLayers : nn.Module
{
    private readonly Linear encoder;
    private readonly Linear feedback;
    private readonly Linear head;
    private readonly Tensor offset;

    public ToyLayers(int width)
        : base(nameof(ToyLayers))
    {
        encoder = nn.Linear(3, width);
        feedback = nn.Linear(1, width);
        head = nn.Linear(width, 1);
        offset = ones(1).mul(0.25);
        RegisterComponents();
    }

    // [B, 3] -> [B, 2, d]
    public Tensor Encode(Tensor x) => encoder.forward(x).unsqueeze(1).expand(-1, 2, -1).add(offset);

    // [B, 1] -> [B, 1, d]
    public Tensor Feed(Tensor y) => feedback.forward(y).unsqueeze(1);

    // [B, T, d] -> [B, 1]
    public Tensor Decode(Tensor hidden) => head.forward(hidden.select(1, hidden.shape[1] - 1));

    public static Tensor Inputs(ReadOnlySpan<ToyRequest> batch)
    {
        var values = new float[batch.Length * 3];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)batch[i / 3].X[i % 3];
        }

        return tensor(values, [batch.Length, 3]);
    }

    public static void Write(Tensor y, Span<ToyAnswer> results)
    {
        var values = y.contiguous().data<float>().ToArray();
        for (var row = 0; row < results.Length; row++)
        {
            results[row] = new ToyAnswer { Y = [values[row]] };
        }
    }
}
