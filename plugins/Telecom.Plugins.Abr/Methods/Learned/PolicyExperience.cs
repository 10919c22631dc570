using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What learned policies are trained on: an experience pool, and sessions on which the best weights are chosen.</summary>
/// <param name="Pool">Decisions on the training set.</param>
/// <param name="Valid">Sessions of the validation set, without noise.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Description">For the card.</param>
internal sealed record PolicyExperience(ExperiencePool Pool, SessionSet Valid, int Seed, string Description)
{
    /// <summary>SHA-256 of all records and validation sessions.</summary>
    public string Fingerprint { get; } = Hash(Pool, Valid);

    /// <summary>Reads the pool that the settings name, or collects one.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.DataRejected"/>: files are damaged, or the pool does not fit the method. <see cref="ErrorCode.InvalidInput"/>: a setting is wrong.
    /// </exception>
    public static async ValueTask<PolicyExperience> ReadAsync(TrainingContext context, PolicyRecipe recipe, CancellationToken cancellationToken)
    {
        var settings = context.Settings;
        var profile = AbrSettings.ReadProfile(settings) with { IsPublishedPlanner = false };
        var videos = await VideosAsync(context, LearnedSettings.ValidVideo, AbrSettings.Video, cancellationToken).ConfigureAwait(false);
        var links = await SessionLoader.ReadLinksAsync(context.Source, settings.Text(LearnedSettings.ValidSet), context.Seed, cancellationToken)
            .ConfigureAwait(false);
        var starts = PoolCollector.Starts(context.Seed, settings.Integer(LearnedSettings.ValidStarts, 1, 10_000), links);
        var specs = videos.SelectMany(video => starts.Select(start => (start, video)))
            .Select((pair, i) => new SessionSpec(links[pair.start.Trace], pair.video, pair.start.Pointer, i))
            .ToList();
        var pool = settings.Text(LearnedSettings.Pool) is { Length: > 0 } path
            ? PoolFile.Read(path)
            : await CollectAsync(context, profile, cancellationToken).ConfigureAwait(false);
        RequireFit(pool, recipe);
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"{Describe(pool)}; valid: {specs.Count} sessions on {links.Count} traces of {settings.Text(LearnedSettings.ValidSet)} with {string.Join(", ", videos.Select(video => video.Name))}");
        return new(pool, new(specs, profile with { DelayNoise = 0 }, []), context.Seed, description);
    }

    private static async ValueTask<ExperiencePool> CollectAsync(TrainingContext context, AbrProfile profile, CancellationToken cancellationToken)
    {
        var settings = context.Settings;
        var videos = await VideosAsync(context, AbrSettings.Video, AbrSettings.Video, cancellationToken).ConfigureAwait(false);
        var links = await SessionLoader.ReadLinksAsync(context.Source, settings.Text(LearnedSettings.TrainSet), context.Seed, cancellationToken)
            .ConfigureAwait(false);
        var plan = new PoolPlan
        {
            Behaviours = [.. AbrSettings.Names(settings, LearnedSettings.Teacher).Select(text => new BehaviourSpec(text))],
            StartsPerTrace = settings.Integer(LearnedSettings.Starts, 1, 10_000),
            Seed = context.Seed,
            FloorQuantile = settings.Number(LearnedSettings.Floor, 0, 0.99),
            Variation = new()
            {
                TraceShare = settings.Number(LearnedSettings.VaryTraces, 0, 1),
                RateSpread = settings.Number(LearnedSettings.VaryRate, 0, 5),
                VideoShare = settings.Number(LearnedSettings.VaryVideos, 0, 1),
                SmallestSize = settings.Number(LearnedSettings.VarySizeFrom, 0.01, 100),
                LargestSize = settings.Number(LearnedSettings.VarySizeTo, 0.01, 100),
                ChunkSpread = settings.Number(LearnedSettings.VaryChunk, 0, 5),
            },
            HasScores = LabelKind.Of(settings) != LabelKind.Levels,
        };
        return PoolCollector.Collect(plan, links, videos, profile, context.Progress, cancellationToken);
    }

    private static ValueTask<IReadOnlyList<PlayableVideo>> VideosAsync(
        TrainingContext context, string setting, string otherwise, CancellationToken cancellationToken)
    {
        var settings = context.Settings;
        var names = settings.Text(setting) is { Length: > 0 } own ? own : settings.Text(otherwise);
        var wanted = SettingValues.Create(settings.Descriptors, settings.Pairs.Append(KeyValuePair.Create(AbrSettings.Video, names)));
        return SessionLoader.ReadVideosAsync(context.Source, wanted, [], cancellationToken);
    }

    private static void RequireFit(ExperiencePool pool, PolicyRecipe recipe)
    {
        if (pool.Levels != recipe.Levels || pool.Width != recipe.StateWidth)
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The pool has {pool.Levels} levels and observations of {pool.Width} columns, but the settings ladder and history make ")
                + string.Create(CultureInfo.InvariantCulture, $"{recipe.Levels} and {recipe.StateWidth}. Set them as the pool was collected."));
        }

        var sessions = Sessions.Of(pool);
        if (sessions.Longest >= recipe.Chunks)
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The pool has sessions of {sessions.Longest} decisions, but chunks={recipe.Chunks} allows {recipe.Chunks - 1}. Set chunks as the pool was collected."));
        }
    }

    private static string Describe(ExperiencePool pool) => string.Create(
        CultureInfo.InvariantCulture,
        $"{pool.Count} decisions of {string.Join(", ", pool.Sources.Select(source => $"{source.Policy} on {source.Set} with {source.Video}"))}")
        + (pool.RewardFloor is { } floor ? string.Create(CultureInfo.InvariantCulture, $", rewards from {floor:0.###}") : string.Empty);

    private static string Hash(ExperiencePool pool, SessionSet valid)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(pool.States.AsSpan()));
        hash.AppendData(pool.Actions);
        hash.AppendData(MemoryMarshal.AsBytes(pool.Rewards.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(pool.Done.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(pool.LevelScores.AsSpan()));
        foreach (var spec in valid.Sessions)
        {
            hash.AppendData(BitConverter.GetBytes(spec.StartPointer));
            hash.AppendData(MemoryMarshal.AsBytes(spec.Timeline.TimesSeconds));
            hash.AppendData(MemoryMarshal.AsBytes(spec.Timeline.BytesPerSecond));
            hash.AppendData(MemoryMarshal.AsBytes(spec.Video.SizesBytes(0)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
