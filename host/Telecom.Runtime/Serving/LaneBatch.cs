using Telecom.Runtime.Models;

namespace Telecom.Runtime.Serving;

/// <summary>A batch whose rows have callers waiting.</summary>
internal sealed class LaneBatch<TIn, TOut>(LoadedModel<TIn, TOut> model, PendingRow<TIn, TOut>[] rows)
    : MethodBatch<TIn, TOut>(model, [.. rows.Select(row => row.Request)])
    where TIn : class
    where TOut : class
{
    public override void Complete()
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Complete(Answers[i]);
        }
    }

    public override void Fail(Exception exception)
    {
        foreach (var row in rows)
        {
            row.Fail(exception);
        }
    }
}
