using System.Globalization;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Tests.Support;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>A GPT-2 of random weights as a Hugging Face folder has it, with the buffers that older files carry along.</summary>
internal sealed class Gpt2Folder
{
    public const int Width = 12;
    public const int Layers = 2;
    public const int Heads = 3;
    public const int Positions = 16;
    public const int Vocabulary = 11;
    public const int Inner = 20;
    public const double Epsilon = 1e-5;

    // Large enough that every equation shows in the output.
    private const float Deviation = 0.4f;

    public static string Configuration { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"model_type":"gpt2","n_embd":{{Width}},"n_layer":{{Layers}},"n_head":{{Heads}},"n_inner":{{Inner}},"n_positions":{{Positions}},
         "vocab_size":{{Vocabulary}},"activation_function":"gelu_new"}
        """);

    /// <summary>Row-major values by their names without prefix.</summary>
    public Dictionary<string, float[]> Values { get; } = new(StringComparer.Ordinal);

    private readonly Dictionary<string, long[]> shapes = new(StringComparer.Ordinal)
    {
        ["wte.weight"] = [Vocabulary, Width],
        ["wpe.weight"] = [Positions, Width],
        ["ln_f.weight"] = [Width],
        ["ln_f.bias"] = [Width],
    };

    public Gpt2Folder(ulong seed = 1)
    {
        foreach (var layer in Enumerable.Range(0, Layers).Select(layer => $"h.{layer}."))
        {
            Module(layer + "ln_1", Width);
            Module(layer + "attn.c_attn", Width, 3 * Width);
            Module(layer + "attn.c_proj", Width, Width);
            Module(layer + "ln_2", Width);
            Module(layer + "mlp.c_fc", Width, Inner);
            Module(layer + "mlp.c_proj", Inner, Width);
        }

        foreach (var (name, shape) in shapes)
        {
            var values = Arrays.Normal(seed++, shape.Aggregate(1L, (product, size) => product * size));
            var mean = name.Contains("ln_", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
            Values.Add(name, [.. values.Select(value => mean + (Deviation * value))]);
        }
    }

    public ReferenceGpt2 Reference => new(Values, Layers, Heads, Epsilon);

    /// <summary>Writes the folder.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="prefix"><c>transformer.</c>, or nothing as in files of the bare transformer.</param>
    /// <param name="change">Changes the tensors before they are written.</param>
    public void Write(string directory, string prefix, Action<Dictionary<string, Tensor>>? change = null)
    {
        using var scope = NewDisposeScope();
        var tensors = shapes.ToDictionary(shape => prefix + shape.Key, shape => tensor(Values[shape.Key], shape.Value));
        for (var layer = 0; layer < Layers; layer++)
        {
            tensors.Add($"{prefix}h.{layer}.attn.bias", ones([1, 1, Positions, Positions], uint8).tril());
            tensors.Add($"{prefix}h.{layer}.attn.masked_bias", tensor(-1e4f));
        }

        change?.Invoke(tensors);
        File.WriteAllText(Path.Combine(directory, "config.json"), Configuration);
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), tensors);
    }

    private void Module(string name, params long[] shape)
    {
        shapes.Add(name + ".weight", shape);
        shapes.Add(name + ".bias", [shape[^1]]);
    }
}
