namespace Telecom.Runtime.Serving;

/// <summary>A batch whose rows have callers waiting.</summary>
internal sealed class LaneBatch<TIn, TOut>(Lane<TIn, TOut> lane, PendingRow<TIn, TOut>[] rows)
    : MethodBatch<TIn, TOut>(lane.Model, Array.ConvertAll(rows, row => row.Request))
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

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        lane.Finish(rows.Length);
    }
}
