using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>What happens to a folder that was taken.</summary>
internal sealed partial class PluginLifecycle
{
    private const string Hanging = "Code of it does not return: a call that runs cannot be aborted.";

    private async Task TakeAsync(PluginSlot slot)
    {
        var hasChanged = slot.Seen != slot.Taken;
        slot.Taken = slot.Seen;
        slot.IsTouched = false;
        if (slot.Seen is null)
        {
            Forget(slot);
            Withdraw(slot, "Its folder is gone.");
            slots.Remove(slot.Path);
            await RetryTakenNamesAsync().ConfigureAwait(false);
        }
        else if (hasChanged || Fingerprint(slot.Path) != slot.Latest?.Record.Fingerprint)
        {
            await LoadAsync(slot, slot.Serving is null ? "Its folder was added." : "Its folder was replaced.").ConfigureAwait(false);
        }
    }

    // A folder as it is now; whatever served from it serves on until the new version does.
    private async Task LoadAsync(PluginSlot slot, string reason, bool isForced = false)
    {
        var old = slot.Serving;
        if (!isForced && old is not null && Fingerprint(slot.Path) == old.Record.Fingerprint)
        {
            // It is again what serves already.
            Forget(slot);
            return;
        }

        var fresh = catalog.Prepare(slot.Path, old, Hold);
        if (fresh.Plugin is null || await TryServeAsync(fresh).ConfigureAwait(false) is null)
        {
            Forget(slot);
            slot.Refused = fresh;
            catalog.Add(fresh);
            if (fresh.Record.State is PluginState.Disabled)
            {
                Withdraw(slot, fresh.Record.Reason!);
            }

            return;
        }

        Serve(slot, fresh, reason);
    }

    private void Serve(PluginSlot slot, PluginEntry fresh, string reason)
    {
        var old = slot.Serving;
        host.Swap(fresh, old);
        Forget(slot);
        catalog.Activate(fresh, old, reason);
        slot.Serving = fresh;
        if (old is not null)
        {
            Retire(old);
        }
    }

    // Null when the version cannot serve: then it is refused, with the reason, and nothing of it is left.
    private async Task<PluginRoute?> TryServeAsync(PluginEntry fresh)
    {
        var failure = await TryPrepareAsync(fresh).ConfigureAwait(false);
        if (failure is null)
        {
            return fresh.Route;
        }

        var hasEnded = await EndRouteAsync(fresh, TimeSpan.Zero).ConfigureAwait(false);
        await catalog.UnloadAsync(fresh, hasEnded ? null : Hanging).ConfigureAwait(false);
        catalog.Move(fresh, PluginState.Rejected, failure.Code, failure.Message);
        return null;
    }

    private async Task<TelecomException?> TryPrepareAsync(PluginEntry fresh)
    {
        try
        {
            await host.PrepareAsync(fresh, stop.Token).ConfigureAwait(false);
            var failures = await host.WarmUpAsync(fresh, stop.Token).ConfigureAwait(false);
            return failures.Count == 0 ? null : new TelecomException(ErrorCode.PluginFault, string.Join(' ', failures));
        }
        catch (TelecomException exception)
        {
            // The exception itself may hold on to types of the plugin.
            return new TelecomException(exception.Code, exception.Message);
        }
    }

    /// <summary>Stops serving a version; unloading goes on behind, so that the next change need not wait for old requests.</summary>
    private void Withdraw(PluginSlot slot, string reason)
    {
        if (slot.Serving is { } entry)
        {
            slot.Serving = null;
            host.Swap(null, entry);
            catalog.Move(entry, PluginState.Draining, null, reason);
            Retire(entry);
        }
    }

    private void Retire(PluginEntry entry) => retiring.Add(Task.Run(() => RetireAsync(entry)));

    private async Task RetireAsync(PluginEntry entry)
    {
        try
        {
            if (entry.Record.State is not PluginState.Draining)
            {
                catalog.Move(entry, PluginState.Draining, null, "It finishes the requests it has.");
            }

            var hasEnded = await EndRouteAsync(entry, times.Drain).ConfigureAwait(false);
            await catalog.UnloadAsync(entry, hasEnded ? null : Hanging).ConfigureAwait(false);
            if (entry.Record.State is PluginState.Unloaded)
            {
                catalog.Remove(entry);
            }
        }
#pragma warning disable CA1031 // Nobody waits for this: what goes wrong has to show in the state.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            catalog.Move(entry, PluginState.UnloadPending, ErrorCode.PluginUnavailable, $"Releasing it failed: {PluginFaults.Describe(exception)}");
        }
    }

    private async Task<bool> EndRouteAsync(PluginEntry entry, TimeSpan patience)
    {
        if (entry.Route is not { } route)
        {
            return true;
        }

        var isIdle = await route.DrainAsync(patience, stop.Token).ConfigureAwait(false);
        var isDisposed = await route.DisposeServersAsync().ConfigureAwait(false);
        entry.Route = null;
        return isIdle && isDisposed;
    }

    private void Forget(PluginSlot slot)
    {
        if (slot.Refused is { } refused)
        {
            slot.Refused = null;
            catalog.Remove(refused);
        }
    }

    // A name that was taken may be free now.
    private async Task RetryTakenNamesAsync()
    {
        foreach (var slot in slots.Values.Where(slot => slot.Refused?.Record.Error is ErrorCode.TaskNameTaken).ToList())
        {
            await LoadAsync(slot, "The names it needs are free.").ConfigureAwait(false);
        }
    }

    // A version that was running when the process died gets its trial when its time has come.
    private async Task RetryCrashedAsync()
    {
        foreach (var slot in slots.Values.Where(slot => slot.Refused is { Record.State: PluginState.Quarantined } && slot.Serving is null).ToList())
        {
            var record = slot.Refused!.Record;
            if (policy?.IsTrialDue(record.Id, record.Fingerprint) == true)
            {
                await LoadAsync(slot, "It is on trial after the process died while its code ran.", isForced: true).ConfigureAwait(false);
            }
        }
    }

    private PluginHold? Hold(PluginCandidate candidate) => policy?.Check(candidate);

    private static string? Fingerprint(string path)
    {
        try
        {
            return Directory.Exists(path) ? PluginFingerprint.Compute(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
