using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Adapters;

/// <content>Leases, and the loads that they cause.</content>
internal sealed partial class AdapterRegistry
{
    /// <summary>Waits until a version is on the device. Whoever asks first causes the load, and all who ask meanwhile wait for that one.</summary>
    /// <param name="entry">The version.</param>
    /// <param name="deadline">Until when it may wait for the load and for room.</param>
    /// <param name="cancellationToken">Stops waiting; the load goes on.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.AdapterNotFound"/>: replaced or removed; <see cref="ErrorCode.AdapterInvalid"/>: faulted;
    /// <see cref="ErrorCode.AdapterCapacity"/>: no room until the deadline; <see cref="ErrorCode.DeadlineExceeded"/>: still loading then.
    /// </exception>
    public ValueTask<AdapterLease> AcquireAsync(AdapterEntry entry, Deadline deadline, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            RequireServing(entry);
            entry.References++;
            entry.LastUse = ++uses;
            return entry.State == AdapterState.Resident
                ? ValueTask.FromResult(new AdapterLease(this, entry))
                : new ValueTask<AdapterLease>(WaitAsync(entry, deadline, cancellationToken));
        }
    }

    /// <summary>As the other overload, for whatever version the name means.</summary>
    /// <exception cref="TelecomException">See the other overload; a version that is replaced meanwhile is no failure unless it was named.</exception>
    public async ValueTask<AdapterLease> AcquireAsync(AdapterReference reference, Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entry = Find(reference);
            try
            {
                return await AcquireAsync(entry, deadline, cancellationToken).ConfigureAwait(false);
            }
            catch (TelecomException exception) when (exception.Code == ErrorCode.AdapterNotFound && reference.Version is null)
            {
                // Replaced between looking and asking: the name means another version now, or nothing.
            }
        }
    }

    /// <summary>Ends a use; called by leases.</summary>
    internal void Release(AdapterEntry entry)
    {
        lock (gate)
        {
            if (--entry.References > 0)
            {
                return;
            }

            SettleRetired(entry);
            FreeFaulted(entry);
            Signal(hasFreedRoom: true);
        }
    }

    private async Task<AdapterLease> WaitAsync(AdapterEntry entry, Deadline deadline, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            while (true)
            {
                Task change;
                lock (gate)
                {
                    RequireServing(entry);
                    if (entry.State == AdapterState.Resident)
                    {
                        return new AdapterLease(this, entry);
                    }

                    LoadIfUseful(entry);
                    change = changed.Task;
                }

                await WaitAsync(change, entry, deadline, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            Release(entry);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private static async Task WaitAsync(Task change, AdapterEntry entry, Deadline deadline, CancellationToken cancellationToken)
    {
        var remaining = deadline.Remaining;
        try
        {
            await change.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, deadline.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw entry.NoRoomAt is null
                ? new TelecomException(ErrorCode.DeadlineExceeded, $"Adapter '{entry.Reference}' was not loaded in time: try again.", exception)
                : new TelecomException(
                    ErrorCode.AdapterCapacity,
                    $"There is no room for adapter '{entry.Reference}': the memory for adapters is full of such as are in use or pinned. "
                    + "Try again, or raise the budgets.",
                    exception);
        }
    }

    private static void RequireServing(AdapterEntry entry)
    {
        if (entry.IsRetired)
        {
            throw new TelecomException(ErrorCode.AdapterNotFound, $"Adapter '{entry.Reference}' was replaced or removed.");
        }

        if (entry.State == AdapterState.Faulted)
        {
            throw new TelecomException(ErrorCode.AdapterInvalid, $"Adapter '{entry.Reference}' cannot be used: {entry.Reason}");
        }
    }

    // A load that found no room is tried again when some was freed, not before.
    private void LoadIfUseful(AdapterEntry entry)
    {
        if (!entry.IsLoading && entry.NoRoomAt != freedRoom)
        {
            entry.IsLoading = true;
            entry.NoRoomAt = null;
            Move(entry, AdapterState.Loading, null);
            _ = Task.Run(() => LoadAsync(entry));
        }
    }

    private async Task LoadAsync(AdapterEntry entry)
    {
        try
        {
            if (TryStage(entry))
            {
                await PlaceAsync(entry).ConfigureAwait(false);
            }

            EndLoad(entry, null);
        }
#pragma warning disable CA1031 // Whatever a file can make a reader throw concerns this version alone, and its requests are told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            EndLoad(entry, exception.Message);
        }
    }

    private bool TryStage(AdapterEntry entry)
    {
        if (entry.Staged is not null)
        {
            return true;
        }

        var bytes = entry.Source.MeasureHostBytes();
        lock (gate)
        {
            if (!memory.TryTakeHost(entry, bytes, All))
            {
                entry.NoRoomAt = freedRoom;
                return false;
            }
        }

        var staged = entry.Source.Stage(limits.MaxRank);
        lock (gate)
        {
            entry.Staged = staged;
        }

        return true;
    }

    private async Task PlaceAsync(AdapterEntry entry)
    {
        var staged = entry.Staged!;
        lock (gate)
        {
            if (!memory.TryTakeDevice(entry, staged.DeviceBytes, All))
            {
                entry.NoRoomAt = freedRoom;
                return;
            }
        }

        var adapter = await AdapterPlacer.PlaceAsync(executor, staged, entry.Source.Base).ConfigureAwait(false);
        lock (gate)
        {
            entry.Adapter = adapter;
        }
    }

    private void EndLoad(AdapterEntry entry, string? failure)
    {
        lock (gate)
        {
            entry.IsLoading = false;
            if (failure is not null)
            {
                memory.Release(entry);
                Move(entry, AdapterState.Faulted, failure);
            }
            else
            {
                Move(entry, entry switch
                {
                    { Adapter: not null } => AdapterState.Resident,
                    { Staged: not null } => AdapterState.Ready,
                    _ => AdapterState.Registered,
                }, null);
            }

            SettleRetired(entry);
            Signal(hasFreedRoom: failure is not null || entry.References == 0);
        }
    }

    private void SettleRetired(AdapterEntry entry)
    {
        if (!entry.IsRetired || entry.State == AdapterState.Unloaded)
        {
            return;
        }

        if (entry.References > 0 || entry.IsLoading)
        {
            Move(entry, AdapterState.Draining, null);
            return;
        }

        memory.Release(entry);
        others.Remove(entry);
        Move(entry, AdapterState.Unloaded, null);
    }

    private void FreeFaulted(AdapterEntry entry)
    {
        if (entry is { State: AdapterState.Faulted, References: 0, IsLoading: false })
        {
            memory.Release(entry);
        }
    }

    private void Move(AdapterEntry entry, AdapterState state, string? reason)
    {
        if (entry.State != state)
        {
            (entry.State, entry.Reason) = (state, reason);
            LogState(entry.Reference, state, reason);
        }
    }

    // Those who wait look again.
    private void Signal(bool hasFreedRoom)
    {
        freedRoom += hasFreedRoom ? 1 : 0;
        if (Volatile.Read(ref waiting) > 0)
        {
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
