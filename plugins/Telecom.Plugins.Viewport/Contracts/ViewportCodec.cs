using System.Globalization;
using Telecom.Sdk.Json;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>Wire documents to requests and forecasts to wire documents; every refusal of a request is decided here.</summary>
internal static class ViewportCodec
{
    /// <summary>Steps predicted when a request names no horizon: 4 s.</summary>
    public const int DefaultSteps = 20;

    /// <summary>Steps predicted at most: 20 s.</summary>
    public const int MaximumSteps = 100;

    /// <summary>Validates a document and brings its samples onto the grid.</summary>
    public static ViewportRequest Read(ViewportRequestDocument document, InputErrors errors)
    {
        var steps = Steps(document, errors);
        CheckMetadata(document, errors);
        var samples = Samples(document.Samples, errors);
        return new ViewportRequest
        {
            HistoryDegrees = errors.None ? HistoryGrid.Resample(samples) : default(ReadOnlyMemory<float>),
            RateHz = HistoryGrid.RateHz,
            Steps = steps,
            LastTimeSeconds = errors.None ? samples[^1].T : 0,
            FrontYawDegrees = document.FrontYaw is { } front ? (float)Angles.Wrap(front) : null,
            Dataset = document.Dataset,
            Video = document.Video,
        };
    }

    /// <summary>The forecast as a player can use it.</summary>
    public static ViewportAnswerDocument Write(ViewportForecast forecast)
    {
        var steps = new ViewportStepDocument[forecast.Steps];
        for (var step = 0; step < steps.Length; step++)
        {
            var (roll, pitch, yaw) = forecast.Wrapped(step);

            // Microseconds: finer digits are rounding residue of the division by the rate.
            var time = Math.Round(forecast.FirstTimeSeconds + (step / forecast.RateHz), 6);
            steps[step] = new() { T = time, Roll = roll, Pitch = pitch, Yaw = yaw };
        }

        return new() { RateHz = forecast.RateHz, Steps = steps };
    }

    private static int Steps(ViewportRequestDocument document, InputErrors errors)
    {
        if (document.HorizonS is not { } horizonSeconds)
        {
            var steps = document.Steps ?? DefaultSteps;
            errors.Range("/steps", steps, 1, MaximumSteps, "steps");
            return steps;
        }

        if (document.Steps is not null)
        {
            errors.Add("/horizon_s", "give either horizon_s or steps, not both.");
            return DefaultSteps;
        }

        var rounded = Math.Round(horizonSeconds * HistoryGrid.RateHz, MidpointRounding.AwayFromZero);
        if (rounded is >= 1 and <= MaximumSteps)
        {
            return (int)rounded;
        }

        errors.Add(
            "/horizon_s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"must be from {1 / HistoryGrid.RateHz} to {MaximumSteps / HistoryGrid.RateHz} s, but is {horizonSeconds}."));
        return DefaultSteps;
    }

    private static void CheckMetadata(ViewportRequestDocument document, InputErrors errors)
    {
        if (document.Fps is { } fps && !(double.IsFinite(fps) && fps > 0))
        {
            errors.Add("/fps", string.Create(CultureInfo.InvariantCulture, $"must be a positive frame rate in Hz, but is {fps}."));
        }

        if (document.Video is { } video and < 0)
        {
            errors.Add("/video", string.Create(CultureInfo.InvariantCulture, $"must be a video number of 0 or above, but is {video}."));
        }

        if (document.FrontYaw is { } front)
        {
            RequireFinite("/front_yaw", front, errors);
        }
    }

    /// <summary>Wraps roll and yaw and drops repeated samples; times are strictly increasing afterwards.</summary>
    private static List<ViewportSampleDocument> Samples(IReadOnlyList<ViewportSampleDocument>? given, InputErrors errors)
    {
        var kept = new List<ViewportSampleDocument>(given?.Count ?? 0);
        for (var i = 0; i < (given?.Count ?? 0) && !errors.Full; i++)
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"/samples/{i}");
            if (given![i] is not { } sample)
            {
                errors.Add(pointer, "must be an object with t, roll, pitch and yaw, but is null.");
            }
            else if (IsValid(sample, pointer, errors))
            {
                Append(kept, sample with { Roll = Angles.Wrap(sample.Roll), Yaw = Angles.Wrap(sample.Yaw) }, pointer, errors);
            }
        }

        if (errors.None && kept.Count < 2)
        {
            errors.Add("/samples", "must hold at least two samples with different times: a single one says nothing about motion.");
        }

        return kept;
    }

    private static void Append(List<ViewportSampleDocument> kept, ViewportSampleDocument sample, string pointer, InputErrors errors)
    {
        if (kept.Count > 0 && sample == kept[^1])
        {
            return;
        }

        if (kept.Count > 0 && sample.T <= kept[^1].T)
        {
            errors.Add(
                pointer + "/t",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"must be later than {kept[^1].T} s of the sample before, but is {sample.T} s: send one sample per time, in order."));
            return;
        }

        kept.Add(sample);
    }

    private static bool IsValid(ViewportSampleDocument sample, string pointer, InputErrors errors)
    {
        var isFinite = RequireFinite(pointer + "/t", sample.T, errors)
            & RequireFinite(pointer + "/roll", sample.Roll, errors)
            & RequireFinite(pointer + "/yaw", sample.Yaw, errors);
        var isPitchValid = sample.Pitch is >= -90 and <= 90;
        if (!isPitchValid)
        {
            errors.Range(pointer + "/pitch", sample.Pitch, -90, 90, "deg");
        }

        return isFinite && isPitchValid;
    }

    private static bool RequireFinite(string pointer, double value, InputErrors errors)
    {
        if (double.IsFinite(value))
        {
            return true;
        }

        errors.Add(pointer, string.Create(CultureInfo.InvariantCulture, $"must be a finite number, but is {value}."));
        return false;
    }
}
