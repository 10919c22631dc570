using System.Globalization;
using System.Text;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Metrics;

namespace Telecom.Benchmarks;

/// <summary>Requests of heads that turn slowly, from a seed.</summary>
internal static class Heads
{
    private const int Samples = 10;

    public static ViewportRequest[] Requests(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => Request(random))];
    }

    /// <summary>The same requests on the wire.</summary>
    public static ReadOnlyMemory<byte>[] Documents(int count) => [.. Requests(count).Select(request => (ReadOnlyMemory<byte>)Document(request))];

    private static ViewportRequest Request(Random random)
    {
        var history = new float[Samples * ViewportRequest.Axes];
        var (yaw, speed) = ((random.NextSingle() * 360) - 180, 0f);
        for (var i = 0; i < history.Length; i += ViewportRequest.Axes)
        {
            speed = (0.8f * speed) + (4 * (random.NextSingle() - 0.5f));
            yaw = Angles.Wrap(yaw + speed);
            (history[i], history[i + 1], history[i + 2]) = (speed / 2, 10 * random.NextSingle(), yaw);
        }

        return new() { HistoryDegrees = history, RateHz = 5, Steps = 20, LastTimeSeconds = 1.8 };
    }

    private static byte[] Document(ViewportRequest request)
    {
        var json = new StringBuilder("{\"samples\":[");
        var history = request.HistoryDegrees.Span;
        for (var i = 0; i < Samples; i++)
        {
            var row = history.Slice(i * ViewportRequest.Axes, ViewportRequest.Axes);
            json.Append(
                CultureInfo.InvariantCulture,
                $"{(i == 0 ? string.Empty : ",")}{{\"t\":{i * 0.2:F1},\"roll\":{row[0]},\"pitch\":{row[1]},\"yaw\":{row[2]}}}");
        }

        return Encoding.UTF8.GetBytes(json.Append("],\"steps\":20}").ToString());
    }
}
