namespace Telecom.Runtime.Serving;

/// <summary>A batch whose rows have callers waiting.</summary>
internal sealed class LaneBatch<TIn, TOut>(Lane<TIn, TOut> lane, PendingRow<TIn, TOut>[] rows)
    : MethodBatch<TIn, TOut>(lane.Model, Array.ConvertAll(rows, row => row.Request), rows[0].Lease?.Adapter)
    where TIn : class
    where TOut : class
{
    public override void Report()
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (Failure is null)
            {
                rows[i].Complete(Answers[i]);
            }
            else
            {
                rows[i].Fail(Failure);
            }
        }
    }

    protected override void Blame(string reason) => rows[0].Lease?.Quarantine(reason);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Array.ForEach(rows, row => row.Lease?.Dispose());
        lane.Finish(rows.Length);
    }
}
