using Telecom.Modeling.Tests.Support;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>GPT-2 written out in double precision from its equations on the tensors of a file, sharing nothing with the product.</summary>
/// <remarks>
/// h0 = E[ids] + P[positions]; h += Wo attention(LN(h)); h += W2 gelu(W1 LN(h)); y = x W + b with W [inputs, outputs];
/// gelu(x) = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x³))); LN(x) = w (x - mean)/sqrt(variance + eps) + b.
/// </remarks>
/// <param name="tensors">Row-major values by their names without <c>transformer.</c>.</param>
/// <param name="layers">Number of layers.</param>
/// <param name="heads">Number of heads.</param>
/// <param name="epsilon">Added to variances.</param>
internal sealed class ReferenceGpt2(IReadOnlyDictionary<string, float[]> tensors, int layers, int heads, double epsilon)
{
    private int Width => tensors["ln_f.weight"].Length;

    /// <returns>Rows of the token embedding, [T][d].</returns>
    public double[][] Embed(IEnumerable<int> ids) => [.. ids.Select(id => Row("wte.weight", id))];

    /// <returns>Scores of every token, E h.</returns>
    public double[] Logits(double[] hidden) =>
        [.. Enumerable.Range(0, tensors["wte.weight"].Length / Width).Select(id => Row("wte.weight", id).Zip(hidden, (a, b) => a * b).Sum())];

    /// <returns>Final-norm hidden states of real tokens in order, [T][d].</returns>
    public double[][] Forward(double[][] tokens)
    {
        var hidden = tokens.Select((token, t) => Add(token, Row("wpe.weight", t))).ToArray();
        for (var layer = 0; layer < layers; layer++)
        {
            var prefix = $"h.{layer}.";
            var attended = Attend(hidden.Select(state => Linear(Norm(state, prefix + "ln_1"), prefix + "attn.c_attn")).ToArray());
            hidden = [.. hidden.Zip(attended, (state, heads) => Add(state, Linear(heads, prefix + "attn.c_proj")))];
            hidden = [.. hidden.Select(state => Add(state, FeedForward(Norm(state, prefix + "ln_2"), prefix)))];
        }

        return [.. hidden.Select(state => Norm(state, "ln_f"))];
    }

    // Each row holds a token's query, key and value.
    private double[][] Attend(double[][] rows)
    {
        var size = Width / heads;
        var attended = rows.Select(_ => new double[Width]).ToArray();
        for (var t = 0; t < rows.Length; t++)
        {
            for (var head = 0; head < heads; head++)
            {
                var first = head * size;
                var scores = Enumerable.Range(0, t + 1)
                    .Select(s => Enumerable.Range(first, size).Sum(i => rows[t][i] * rows[s][Width + i]) / Math.Sqrt(size)).ToArray();
                var shares = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                foreach (var i in Enumerable.Range(first, size))
                {
                    attended[t][i] = shares.Select((share, s) => share / shares.Sum() * rows[s][(2 * Width) + i]).Sum();
                }
            }
        }

        return attended;
    }

    private double[] FeedForward(double[] x, string prefix)
    {
        var inner = Linear(x, prefix + "mlp.c_fc");
        var activated = inner.Select(z => z / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (z + (0.044715 * z * z * z)))));
        return Linear([.. activated], prefix + "mlp.c_proj");
    }

    private double[] Norm(double[] x, string name)
    {
        var mean = x.Average();
        var scale = 1 / Math.Sqrt(x.Select(value => (value - mean) * (value - mean)).Average() + epsilon);
        return [.. x.Select((value, i) => ((value - mean) * scale * tensors[name + ".weight"][i]) + tensors[name + ".bias"][i])];
    }

    private double[] Linear(double[] x, string name)
    {
        var (weight, bias) = (tensors[name + ".weight"], tensors[name + ".bias"]);
        return [.. bias.Select((b, o) => b + Enumerable.Range(0, x.Length).Sum(i => x[i] * weight[(i * bias.Length) + o]))];
    }

    private double[] Row(string name, int index) => [.. tensors[name].Skip(index * Width).Take(Width).Select(value => (double)value)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
