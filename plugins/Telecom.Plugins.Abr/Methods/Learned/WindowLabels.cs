using Telecom.Plugins.Abr.Pool;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>
/// What the logits of a window are compared with. Records that nobody judged count as if only the played level were right. Below a target of 1 every
/// Mbit/s costs score, the more the lower the target: that is what makes a policy less ambitious.
/// </summary>
internal sealed class WindowLabels
{
    // Score per Mbit/s at target 0; a difference of 1 in score is a factor e in the labels.
    private const double PenaltyPerMbps = 10;

    // Temperatures by which a level that nobody judged stands above the others: they share less than a millionth.
    private const double OneHot = 16;

    private readonly ExperiencePool pool;
    private readonly double[] megabits;
    private readonly double temperature;
    private readonly bool isRegret;

    /// <param name="pool">The records.</param>
    /// <param name="settings">Settings of the method.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: scores are wanted, but the pool has none.</exception>
    public WindowLabels(ExperiencePool pool, SettingValues settings)
    {
        this.pool = pool;
        megabits = [.. AbrSettings.ReadLadder(settings).Select(kbps => kbps / 1000)];
        temperature = settings.Number(LearnedSettings.Temperature, 1e-6, 1e6);
        var kind = LabelKind.Of(settings);
        isRegret = kind == LabelKind.Regret;
        HasScores = kind != LabelKind.Levels && (kind != LabelKind.Auto || pool.LevelScores is not null);
        if (HasScores && pool.LevelScores is null)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput, $"Setting {LearnedSettings.Labels}={kind} needs a pool with scores of the levels. Use {LabelKind.Levels}, or another pool.");
        }
    }

    /// <summary>Whether scores are the labels, which can follow a target; otherwise the played levels are.</summary>
    public bool HasScores { get; }

    /// <param name="logits">[B · steps, M].</param>
    /// <param name="starts">First record of each window.</param>
    /// <param name="steps">Steps of a window.</param>
    /// <param name="targets">Target of each window as a multiple of the best; empty for 1 throughout.</param>
    /// <returns>Mean over all steps.</returns>
    public Tensor Loss(Tensor logits, ReadOnlySpan<int> starts, int steps, ReadOnlySpan<double> targets = default)
    {
        if (!HasScores)
        {
            var played = new long[starts.Length * steps];
            for (var i = 0; i < played.Length; i++)
            {
                played[i] = pool.Actions[starts[i / steps] + (i % steps)];
            }

            return nn.functional.cross_entropy(logits, ModelInput.Create(played, [played.Length], logits.device));
        }

        var wanted = new float[starts.Length * steps * pool.Levels];
        for (var i = 0; i < starts.Length * steps; i++)
        {
            var record = starts[i / steps] + (i % steps);
            Write(record, targets.IsEmpty ? 1 : targets[i / steps], wanted.AsSpan(i * pool.Levels, pool.Levels));
        }

        var target = ModelInput.Create(wanted, [starts.Length * steps, pool.Levels], logits.device);
        return isRegret
            ? nn.functional.softmax(logits, 1).mul(target).sum([1]).mean()
            : nn.functional.cross_entropy(logits, target);
    }

    private void Write(int record, double target, Span<float> row)
    {
        Span<double> scores = stackalloc double[row.Length];
        var judged = pool.Scores(record);
        var best = double.NegativeInfinity;
        for (var level = 0; level < row.Length; level++)
        {
            var score = judged.IsEmpty ? (level == pool.Actions[record] ? temperature * OneHot : 0) : judged[level];
            scores[level] = score - (PenaltyPerMbps * Math.Max(0, 1 - target) * megabits[level]);
            best = Math.Max(best, scores[level]);
        }

        var sum = 0.0;
        for (var level = 0; level < row.Length; level++)
        {
            row[level] = (float)(isRegret ? best - scores[level] : Math.Exp((scores[level] - best) / temperature));
            sum += row[level];
        }

        for (var level = 0; !isRegret && level < row.Length; level++)
        {
            row[level] = (float)(row[level] / sum);
        }
    }
}
