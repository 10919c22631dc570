using Telecom.Plugins.Viewport.Methods.Learned;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>G5 of the specification: the paper's encoder and head with C = 2 and E = 4 on u = (0.1, −0.2, 0.4).</summary>
[Collection<LearnedGroup>]
public sealed class NetLlmGoldenTests(LearnedLab lab)
{
    // Half a unit of the sixth digit that the specification prints, plus float32 rounding of it.
    private const double Printed = 1e-6;

    private static readonly float[] Token = [1.184086f, -0.170441f, 0.506822f, -1.520467f];

    [Fact]
    public void Encode_gives_the_token_of_the_specification()
    {
        var token = lab.Run(() =>
        {
            using var layers = Golden();
            return layers.Encode(tensor(new[] { 0.1f, -0.2f, 0.4f }, [1, 1, 3])).data<float>().ToArray();
        });

        Assert.Equal(Token, token, (expected, actual) => Math.Abs(expected - actual) <= Printed);
    }

    [Fact]
    public void Decode_gives_the_angles_of_the_specification()
    {
        var normalized = lab.Run(() =>
        {
            using var layers = Golden();
            return layers.Decode(tensor(Token, [1, 1, 4])).data<float>().ToArray();
        });

        Assert.Equal([-0.355582f, -0.889696f, 0.794709f], normalized, (expected, actual) => Math.Abs(expected - actual) <= Printed);

        // 180 times the error of a normalised value.
        Assert.Equal(
            [-64.004829f, -80.072668f, 143.047664f],
            NormalizedAngles.ToDegrees(normalized),
            (expected, actual) => Math.Abs(expected - actual) <= 180 * Printed);
    }

    [Fact]
    public void Encode_treats_every_sample_of_every_row_alike()
    {
        var (together, alone) = lab.Run(() =>
        {
            using var layers = Golden();
            var viewports = rand([3, 5, 3], generator: new Generator(3)).mul(2).sub(1);
            return (
                layers.Encode(viewports).select(0, 2).select(0, 4).data<float>().ToArray(),
                layers.Encode(viewports.narrow(0, 2, 1).narrow(1, 4, 1)).flatten().data<float>().ToArray());
        });

        // 1e-6: the same sums in another order of vector lanes.
        Assert.Equal(alone, together, (expected, actual) => Math.Abs(expected - actual) <= 1e-6);
    }

    private static NetLlmLayers Golden()
    {
        var layers = new NetLlmLayers(width: 4, features: 2);
        using var noGradient = no_grad();
        Set("conv.weight", [0.5f, -0.25f, 1, -1, 0.5f, 0.25f]);
        Set("conv.bias", [0.1f, -0.1f]);
        Set("embed.weight", [1, 0, 0, 1, 0.5f, 0.5f, -1, 1]);
        Set("embed.bias", [0, 0, 0, 0]);
        Set("head.weight", [0.1f, 0.2f, 0.3f, 0.4f, 0, 0, 0, 1, 1, 0, 0, 0]);
        Set("head.bias", [0, 0.1f, -0.1f]);
        return layers;

        void Set(string name, float[] values)
        {
            var parameter = layers.get_parameter(name)!;
            Assert.Equal(values.Length, parameter.numel());
            parameter.copy_(tensor(values).view(parameter.shape));
        }
    }
}
