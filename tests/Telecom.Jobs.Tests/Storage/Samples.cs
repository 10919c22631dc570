using Telecom.Jobs.Storage;

namespace Telecom.Jobs.Tests.Storage;

internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static StoredPrediction Prediction(int seconds, string task = "alpha", string method = "hold", Guid? jobId = null)
    {
        var time = Start.AddSeconds(seconds);
        return new()
        {
            Id = Guid.CreateVersion7(time),
            Task = task,
            Method = method,
            CreatedAt = time,
            ElapsedMs = 1.25,
            Request = "{\"x\":1}"u8.ToArray(),
            Output = "{\"y\":[2.5]}"u8.ToArray(),
            JobId = jobId,
        };
    }
}
