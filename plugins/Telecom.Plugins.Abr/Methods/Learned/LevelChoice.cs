using System.Globalization;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Logits to decisions: the likeliest level, or one drawn by its probability where a request gives a seed.</summary>
internal static class LevelChoice
{
    /// <param name="method">Name of the policy.</param>
    /// <param name="logits">[B, M].</param>
    /// <param name="batch">The requests.</param>
    /// <param name="results">One decision per request.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginFault"/>: a logit is not finite.</exception>
    public static void Write(string method, Tensor logits, ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results)
    {
        var levels = (int)logits.shape[1];
        var values = logits.cpu().contiguous().data<float>().ToArray();
        for (var row = 0; row < batch.Length; row++)
        {
            var own = values.AsSpan(row * levels, levels);
            foreach (var value in own)
            {
                if (!float.IsFinite(value))
                {
                    throw new TelecomException(
                        ErrorCode.PluginFault,
                        string.Create(CultureInfo.InvariantCulture, $"Policy '{method}' has no finite answer for chunk {batch[row].Chunk}: ")
                        + "its weights, or those of its adapter, are at fault. Train it again, or ask another policy.");
                }
            }

            var probabilities = Softmax(own);
            var level = batch[row].SampleSeed is { } seed ? Draw(probabilities, seed, batch[row]) : Likeliest(own);
            results[row] = new()
            {
                Level = level,
                BitrateKbps = batch[row].Video.BitratesKbps[level],
                Policy = method,
                Probabilities = probabilities,
            };
        }
    }

    private static float[] Softmax(ReadOnlySpan<float> logits)
    {
        var probabilities = new float[logits.Length];
        var (highest, sum) = (logits[Likeliest(logits)], 0.0);
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        for (var level = 0; level < probabilities.Length; level++)
        {
            probabilities[level] = (float)(Math.Exp(logits[level] - highest) / sum);
        }

        return probabilities;
    }

    // The lowest level on ties.
    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var level = 1; level < logits.Length; level++)
        {
            best = logits[level] > logits[best] ? level : best;
        }

        return best;
    }

    // Requests carry no name of their session, but sessions differ in what they downloaded: the draw depends on the request alone, batched or not.
    private static int Draw(float[] probabilities, int seed, AbrRequest request)
    {
        var mixed = unchecked((ulong)(uint)seed + ((ulong)(uint)request.Chunk << 32));
        foreach (var chunk in request.Played.Span[^Math.Min(AbrCodec.HistoryLimit, request.Played.Length)..])
        {
            mixed = Scramble(mixed ^ BitConverter.DoubleToUInt64Bits(chunk.DelayMs));
        }

        var uniform = (Scramble(mixed) >> 11) * (1.0 / (1UL << 53));
        var cumulative = 0.0;
        for (var level = 0; level < probabilities.Length; level++)
        {
            cumulative += probabilities[level];
            if (uniform < cumulative)
            {
                return level;
            }
        }

        return probabilities.Length - 1;
    }

    // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Scramble(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
