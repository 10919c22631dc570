namespace Telecom.Sdk.Benchmarks;

/// <summary>Scores every method of a task on the same cases.</summary>
public interface IBenchmark<TIn, TOut>
{
    /// <summary>What is measured.</summary>
    BenchmarkDescriptor Descriptor { get; }

    /// <summary>Reads the data once; the result scores any number of methods.</summary>
    /// <exception cref="Errors.TelecomException"><see cref="Errors.ErrorCode.DataRejected"/> naming what is wrong, e.g. an empty split.</exception>
    ValueTask<IBenchmarkRun<TIn, TOut>> PrepareAsync(BenchmarkContext context, CancellationToken cancellationToken);
}
