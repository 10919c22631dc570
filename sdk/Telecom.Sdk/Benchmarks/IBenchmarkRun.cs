using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Sdk.Benchmarks;

/// <summary>Prepared cases of one benchmark.</summary>
public interface IBenchmarkRun<TIn, TOut>
{
    /// <summary>Number of cases; never 0.</summary>
    int Cases { get; }

    /// <summary>The settings as they took effect, for the report.</summary>
    IReadOnlyDictionary<string, object> Settings { get; }

    /// <summary>Remarks for the reader of the report, e.g. traces that were too short.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Column names of the per-case rows; without <see cref="MethodColumn"/> unless it stands elsewhere than in front.</summary>
    IReadOnlyList<string> RowColumns { get; }

    /// <summary>
    /// Column that names the method. Where <see cref="RowColumns"/> hold it, the host fills that field of every row; otherwise it comes first.
    /// </summary>
    string MethodColumn => "method";

    /// <summary>Scores one method on all cases.</summary>
    /// <param name="method">The method; the host moves each batch to the executor thread, so the benchmark itself may run anywhere.</param>
    /// <param name="row">Receives one row of fields per case when the user asked for rows.</param>
    /// <param name="progress">Reports cases done.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    MethodScore Score(
        IMethod<TIn, TOut> method,
        Action<IReadOnlyList<string>>? row,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken);

    /// <summary>Scores one of <see cref="BenchmarkDescriptor.Bounds"/>.</summary>
    /// <param name="bound">Name of the bound.</param>
    /// <param name="row">As for <see cref="Score"/>.</param>
    /// <param name="progress">As for <see cref="Score"/>.</param>
    /// <param name="cancellationToken">Checked between cases.</param>
    MethodScore ScoreBound(
        string bound, Action<IReadOnlyList<string>>? row, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This benchmark names no bounds.");
}
