using Telecom.Plugins.Abr.Pool;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Windows of consecutive records of one session each.</summary>
internal sealed class PoolWindows
{
    private readonly ExperiencePool pool;
    private readonly PolicyRecipe recipe;
    private readonly Sessions sessions;
    private readonly double[] returns;

    // What sessions took off their target up to each record, 0 or below.
    private readonly double[] spent;

    /// <param name="pool">The records.</param>
    /// <param name="recipe">Shapes, and the return bookkeeping of this pool.</param>
    public PoolWindows(ExperiencePool pool, PolicyRecipe recipe)
    {
        (this.pool, this.recipe) = (pool, recipe);
        sessions = Sessions.Of(pool);
        Steps = Math.Min(recipe.Window, sessions.Shortest);
        returns = new double[pool.Count];
        recipe.Returns!.ToGo(pool.Rewards, pool.Done, returns);
        spent = new double[pool.Count];
        for (var record = 1; record < pool.Count; record++)
        {
            spent[record] = pool.Done[record - 1] ? 0 : recipe.Returns.After(spent[record - 1], pool.Rewards[record - 1]);
        }
    }

    /// <summary>Steps of every window: w, or fewer where a session is shorter.</summary>
    public int Steps { get; }

    /// <summary>
    /// Draws a window. The examples of an epoch share the records among them; each takes a record of its share, at a random place of a window that lies in
    /// the record's session.
    /// </summary>
    /// <param name="example">Example of the epoch.</param>
    /// <param name="examples">Examples of the epoch.</param>
    /// <param name="random">Source of both draws.</param>
    /// <returns>First record of the window.</returns>
    public int Draw(int example, int examples, Random random)
    {
        var low = (long)example * pool.Count / examples;
        var high = Math.Max(low + 1, (example + 1L) * pool.Count / examples);
        return sessions.WindowAround((int)random.NextInt64(low, high), Steps, random.Next(Steps));
    }

    /// <param name="starts">First record of each window.</param>
    /// <param name="targets">
    /// Target of each window's session as a multiple of the pool's best, of which steps then show what is left, as they do while playing; empty to show
    /// what the session went on to earn.
    /// </param>
    public StepBatch Of(ReadOnlySpan<int> starts, ReadOnlySpan<double> targets = default)
    {
        var batch = new StepBatch(starts.Length, Steps, recipe.StateSize);
        for (var row = 0; row < starts.Length; row++)
        {
            for (var step = 0; step < Steps; step++)
            {
                var (record, index) = (starts[row] + step, (row * Steps) + step);
                pool.State(record).CopyTo(batch.State(row, step));
                batch.Returns[index] = (float)(targets.IsEmpty ? returns[record] : recipe.Returns!.Start(targets[row]) + spent[record]);
                batch.Actions[index] = (float)(pool.Actions[record] + 1) / recipe.Levels;
                batch.TimeSteps[index] = record - sessions.StartOf(record);
            }
        }

        return batch;
    }
}
