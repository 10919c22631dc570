namespace Telecom.Sdk.Measurements;

/// <summary>Speed measurements of a task: what <c>telecom bench</c> runs under the task's id.</summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public interface ISpeedSuite<TIn, TOut>
{
    /// <summary>What is measured, in one line.</summary>
    string Description { get; }

    /// <summary>Makes everything the cases work on, so that a case measures its work alone.</summary>
    ValueTask<IReadOnlyList<SpeedCase>> PrepareAsync(SpeedContext<TIn, TOut> context, CancellationToken cancellationToken);
}
