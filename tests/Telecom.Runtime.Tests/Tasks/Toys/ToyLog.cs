namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Batches that methods were given, in order, as <c>method:first numbers</c>.</summary>
internal sealed class ToyLog
{
    private readonly Lock gate = new();
    private readonly List<string> entries = [];

    /// <summary>Whether nothing is kept, for tests that measure memory.</summary>
    public bool IsOff { get; set; }

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. entries];
            }
        }
    }

    public void Add(string method, ReadOnlySpan<ToyRequest> batch)
    {
        if (IsOff)
        {
            return;
        }

        var entry = $"{method}:{string.Join(',', batch.ToArray().Select(request => request.X[0]))}";
        lock (gate)
        {
            entries.Add(entry);
        }
    }
}
