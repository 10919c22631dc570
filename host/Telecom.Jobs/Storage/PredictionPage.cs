namespace Telecom.Jobs.Storage;

/// <summary>One page of stored predictions.</summary>
/// <param name="Items">Newest first; equal times are ordered by id.</param>
/// <param name="NextCursor">Continues behind the last item; null on the last page.</param>
public sealed record PredictionPage(IReadOnlyList<StoredPrediction> Items, string? NextCursor);
