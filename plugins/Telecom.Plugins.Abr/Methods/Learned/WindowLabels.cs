using Telecom.Plugins.Abr.Pool;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What the logits of a window are compared with. Records that nobody judged count as if only the played level were right.</summary>
internal sealed class WindowLabels
{
    private readonly ExperiencePool pool;

    // [N, M] probabilities or regrets; null where the played levels are the labels.
    private readonly float[]? weights;
    private readonly bool isRegret;

    /// <param name="pool">The records.</param>
    /// <param name="settings">Settings of the method.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: scores are wanted, but the pool has none.</exception>
    public WindowLabels(ExperiencePool pool, SettingValues settings)
    {
        this.pool = pool;
        var kind = LabelKind.Of(settings);
        isRegret = kind == LabelKind.Regret;
        if (kind == LabelKind.Levels || (kind == LabelKind.Auto && pool.LevelScores is null))
        {
            return;
        }

        if (pool.LevelScores is null)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput, $"Setting {LearnedSettings.Labels}={kind} needs a pool with scores of the levels. Use {LabelKind.Levels}, or another pool.");
        }

        var temperature = settings.Number(LearnedSettings.Temperature, 1e-6, 1e6);
        weights = new float[pool.Count * pool.Levels];
        for (var record = 0; record < pool.Count; record++)
        {
            Write(record, temperature, weights.AsSpan(record * pool.Levels, pool.Levels));
        }
    }

    /// <param name="logits">[B · steps, M].</param>
    /// <param name="starts">First record of each window.</param>
    /// <param name="steps">Steps of a window.</param>
    /// <returns>Mean over all steps.</returns>
    public Tensor Loss(Tensor logits, ReadOnlySpan<int> starts, int steps)
    {
        if (weights is null)
        {
            var played = new long[starts.Length * steps];
            for (var i = 0; i < played.Length; i++)
            {
                played[i] = pool.Actions[starts[i / steps] + (i % steps)];
            }

            return nn.functional.cross_entropy(logits, ModelInput.Create(played, [played.Length], logits.device));
        }

        var wanted = new float[starts.Length * steps * pool.Levels];
        for (var row = 0; row < starts.Length; row++)
        {
            weights.AsSpan(starts[row] * pool.Levels, steps * pool.Levels).CopyTo(wanted.AsSpan(row * steps * pool.Levels));
        }

        var target = ModelInput.Create(wanted, [starts.Length * steps, pool.Levels], logits.device);
        return isRegret
            ? nn.functional.softmax(logits, 1).mul(target).sum([1]).mean()
            : nn.functional.cross_entropy(logits, target);
    }

    private void Write(int record, double temperature, Span<float> row)
    {
        var scores = pool.Scores(record);
        if (scores.IsEmpty)
        {
            row.Fill(isRegret ? 1 : 0);
            row[pool.Actions[record]] = isRegret ? 0 : 1;
            return;
        }

        var best = float.NegativeInfinity;
        foreach (var score in scores)
        {
            best = Math.Max(best, score);
        }

        var sum = 0.0;
        for (var level = 0; level < row.Length; level++)
        {
            row[level] = isRegret ? best - scores[level] : (float)Math.Exp((scores[level] - best) / temperature);
            sum += row[level];
        }

        for (var level = 0; !isRegret && level < row.Length; level++)
        {
            row[level] = (float)(row[level] / sum);
        }
    }
}
