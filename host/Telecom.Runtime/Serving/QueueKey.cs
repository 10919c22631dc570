using System.Numerics;

namespace Telecom.Runtime.Serving;

/// <summary>What requests have in common that may share a batch: one lane of platform.md 7.</summary>
/// <param name="Lane">Task, method and version.</param>
/// <param name="Adapter">The leased version; null for none.</param>
/// <param name="BatchKey">The method's own key, for instance of tensor shapes.</param>
/// <param name="Bucket">Power of two of the length, see <see cref="BucketOf"/>.</param>
internal readonly record struct QueueKey(Lane Lane, object? Adapter, long BatchKey, int Bucket)
{
    /// <returns>k for lengths above 2^(k-2) and up to 2^(k-1); 0 where lengths are not counted.</returns>
    public static int BucketOf(int tokens) => tokens <= 0 ? 0 : BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)tokens)) + 1;
}
