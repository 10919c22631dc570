using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Support;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>The decoder written out in double precision from its equations, one token at a time, sharing nothing with the product.</summary>
/// <remarks>
/// RMS(x; w) = w x / sqrt(mean(x²) + eps); rope with f_j = theta^(-2j/dh) on pairs (j, j + dh/2); query head h reads kv head h / (H/K);
/// h += Wo concat(softmax(q k / sqrt(dh)) v); h += Wd(silu(Wg m) * Wu m); an adapter adds (alpha/r) B A x to its linear layers. Linear layers add
/// the bias they have; with a window w, a token sees the last w real tokens up to itself.
/// </remarks>
internal sealed class ReferenceDecoder
{
    private readonly BaseConfiguration configuration;
    private readonly Dictionary<string, float[]> weights;
    private readonly Dictionary<string, float[]> factors = [];
    private readonly int rank;
    private readonly double scale;

    public ReferenceDecoder(BaseWeights weights, LoraAdapter? adapter = null)
    {
        configuration = weights.Configuration;
        this.weights = weights.Tensors.ToDictionary(pair => pair.Key, pair => Arrays.Of(pair.Value));
        if (adapter is not null)
        {
            (rank, scale) = (adapter.Options.Rank, adapter.Options.Alpha / adapter.Options.Rank);
            factors = adapter.Parameters.ToDictionary(pair => pair.Key, pair => Arrays.Of(pair.Value));
        }
    }

    /// <param name="tokens">Tokens of one row, [T][d].</param>
    /// <param name="isReal">Which tokens are real; null for all.</param>
    /// <returns>Final-norm hidden states, [T][d]; those of padding mean nothing.</returns>
    public double[][] Forward(double[][] tokens, bool[]? isReal = null)
    {
        var positions = Positions(tokens.Length, isReal);
        var hidden = tokens.Select(token => token.ToArray()).ToArray();
        for (var layer = 0; layer < configuration.LayerCount; layer++)
        {
            Attention(layer, hidden, positions, isReal);
            FeedForward(layer, hidden);
        }

        return [.. hidden.Select(state => Norm(state, "model.norm"))];
    }

    private static int[] Positions(int length, bool[]? isReal)
    {
        var positions = new int[length];
        var seen = 0;
        for (var t = 0; t < length; t++)
        {
            seen += isReal is null || isReal[t] ? 1 : 0;
            positions[t] = Math.Max(seen - 1, 0);
        }

        return positions;
    }

    private void Attention(int layer, double[][] hidden, int[] positions, bool[]? isReal)
    {
        var prefix = $"model.layers.{layer}.";
        var headSize = configuration.HeadSize;
        var inputs = hidden.Select(state => Norm(state, prefix + "input_layernorm")).ToArray();
        var queries = inputs.Select((x, t) => Rotate(Linear(x, prefix + "self_attn.q_proj"), positions[t])).ToArray();
        var keys = inputs.Select((x, t) => Rotate(Linear(x, prefix + "self_attn.k_proj"), positions[t])).ToArray();
        var values = inputs.Select(x => Linear(x, prefix + "self_attn.v_proj")).ToArray();
        for (var t = 0; t < hidden.Length; t++)
        {
            var attended = new double[configuration.HeadCount * headSize];
            var real = Enumerable.Range(0, t + 1).Where(s => isReal is null || isReal[s]);
            var visible = real.TakeLast(configuration.SlidingWindow ?? int.MaxValue).ToArray();
            for (var head = 0; head < configuration.HeadCount && visible.Length > 0; head++)
            {
                var group = head / (configuration.HeadCount / configuration.KeyValueHeadCount);
                var scores = visible.Select(s => Enumerable.Range(0, headSize)
                    .Sum(i => queries[t][(head * headSize) + i] * keys[s][(group * headSize) + i]) / Math.Sqrt(headSize)).ToArray();
                var largest = scores.Max();
                var total = scores.Sum(score => Math.Exp(score - largest));
                for (var i = 0; i < headSize; i++)
                {
                    attended[(head * headSize) + i] =
                        visible.Select((s, n) => Math.Exp(scores[n] - largest) / total * values[s][(group * headSize) + i]).Sum();
                }
            }

            Add(hidden[t], Linear(attended, prefix + "self_attn.o_proj"));
        }
    }

    private void FeedForward(int layer, double[][] hidden)
    {
        var prefix = $"model.layers.{layer}.";
        foreach (var state in hidden)
        {
            var m = Norm(state, prefix + "post_attention_layernorm");
            var gate = Linear(m, prefix + "mlp.gate_proj");
            var up = Linear(m, prefix + "mlp.up_proj");
            Add(state, Linear([.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], prefix + "mlp.down_proj"));
        }
    }

    private double[] Norm(double[] x, string name)
    {
        var inverse = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + configuration.NormEpsilon);
        return [.. x.Select((value, i) => value * inverse * weights[name + ".weight"][i])];
    }

    private double[] Rotate(double[] z, int position)
    {
        var (headSize, half) = (configuration.HeadSize, configuration.HeadSize / 2);
        var rotated = new double[z.Length];
        for (var head = 0; head < z.Length / headSize; head++)
        {
            for (var j = 0; j < half; j++)
            {
                var angle = position * Frequency(j);
                var (a, b) = (z[(head * headSize) + j], z[(head * headSize) + j + half]);
                rotated[(head * headSize) + j] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                rotated[(head * headSize) + j + half] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
            }
        }

        return rotated;
    }

    // λ > L0/l: f/F; λ < L0/u: f; otherwise a blend by m = (L0/λ - l)/(u - l).
    private double Frequency(int j)
    {
        var frequency = Math.Pow(configuration.RopeTheta, -2.0 * j / configuration.HeadSize);
        if (configuration.RopeScaling is not Llama3RopeScaling(var factor, var low, var high, var original))
        {
            return configuration.RopeScaling is LinearRopeScaling(var divisor) ? frequency / divisor : frequency;
        }

        var wavelength = 2 * Math.PI / frequency;
        var m = ((original / wavelength) - low) / (high - low);
        return wavelength > original / low ? frequency / factor
            : wavelength < original / high ? frequency
            : ((1 - m) * frequency / factor) + (m * frequency);
    }

    private double[] Linear(double[] x, string name)
    {
        var y = Multiply(weights[name + ".weight"], x);
        if (weights.TryGetValue(name + ".bias", out var bias))
        {
            Add(y, [.. bias.Select(value => (double)value)]);
        }

        if (factors.TryGetValue($"base_model.model.{name}.lora_A.weight", out var a))
        {
            var narrow = Multiply(a, x);
            Assert.Equal(rank, narrow.Length);
            Add(y, [.. Multiply(factors[$"base_model.model.{name}.lora_B.weight"], narrow).Select(value => scale * value)]);
        }

        return y;
    }

    // Row-major [o, i] times [i].
    private static double[] Multiply(float[] matrix, double[] x)
    {
        var y = new double[matrix.Length / x.Length];
        for (var row = 0; row < y.Length; row++)
        {
            for (var column = 0; column < x.Length; column++)
            {
                y[row] += matrix[(row * x.Length) + column] * x[column];
            }
        }

        return y;
    }

    private static void Add(double[] sum, double[] addend)
    {
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] += addend[i];
        }
    }
}
