namespace Telecom.Runtime.Plugins;

/// <summary>The latest transitions of all plugins, oldest first. Safe to call from any thread.</summary>
internal sealed class PluginHistory
{
    private const int Kept = 1000;

    private readonly Lock gate = new();
    private readonly Queue<PluginTransition> transitions = new();
    private TaskCompletionSource changed = New();

    public IReadOnlyList<PluginTransition> All
    {
        get
        {
            lock (gate)
            {
                return [.. transitions];
            }
        }
    }

    public void Add(PluginTransition transition)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            transitions.Enqueue(transition);
            if (transitions.Count > Kept)
            {
                transitions.Dequeue();
            }

            waiting = changed;
            changed = New();
        }

        waiting.SetResult();
    }

    /// <summary>Waits until <paramref name="condition"/> holds; it is looked at after every transition.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = changed.Task;
            }

            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
