namespace Telecom.Runtime.Sessions;

/// <summary>One session of one task.</summary>
/// <param name="id">Unguessable id: whoever knows it may go on with the session.</param>
/// <param name="task">Task id.</param>
internal sealed class Session(string id, string task)
{
    public string Id => id;

    public string Task => task;

    /// <summary>Lets one request at a time in, so that each sees what the one before left.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>What the task remembers; empty before the first answer. Read and written by whose turn it is.</summary>
    public byte[] State { get; set; } = [];

    /// <summary>When it was last asked for; guarded by the store.</summary>
    public DateTimeOffset LastUsed { get; set; }
}
