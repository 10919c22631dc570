namespace Telecom.Runtime.Plugins;

/// <summary>The line of one plugin version in the journal of a process.</summary>
internal sealed class JournalSlot(RestartJournal journal, int index) : IDisposable
{
    /// <summary>Code of the plugin runs from now on.</summary>
    public void Open() => journal.Mark(index, isOpen: true);

    /// <summary>It has returned.</summary>
    public void Close() => journal.Mark(index, isOpen: false);

    /// <summary>The plugin is not in this process any more.</summary>
    public void Dispose() => journal.Free(index);
}
