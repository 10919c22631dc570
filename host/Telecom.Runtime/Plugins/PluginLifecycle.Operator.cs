using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>What an operator asks for.</summary>
internal sealed partial class PluginLifecycle : IPluginService
{
    private const string Incoming = ".incoming";

    public IReadOnlyList<PluginTransition> History => catalog.History.All;

    public Task<PluginStatus> EnableAsync(string id, Action? precondition, CancellationToken cancellationToken) => ChangeAsync(
        id,
        precondition,
        async slot =>
        {
            policy?.Switches.Disable(id, isDisabled: false);
            if (slot.Serving is null)
            {
                await LoadAsync(slot, "An operator switched it on.", isForced: true).ConfigureAwait(false);
            }
        },
        cancellationToken);

    public Task<PluginStatus> DisableAsync(string id, Action? precondition, CancellationToken cancellationToken) => ChangeAsync(
        id,
        precondition,
        slot =>
        {
            policy?.Switches.Disable(id, isDisabled: true);
            return LoadAsync(slot, string.Empty, isForced: true);
        },
        cancellationToken);

    public Task<PluginStatus> ReloadAsync(string id, Action? precondition, CancellationToken cancellationToken) =>
        ChangeAsync(id, precondition, slot => LoadAsync(slot, "An operator asked for it to be loaded again.", isForced: true), cancellationToken);

    public Task<PluginStatus> ClearQuarantineAsync(string id, Action? precondition, CancellationToken cancellationToken) => ChangeAsync(
        id,
        precondition,
        async slot =>
        {
            policy?.Switches.ClearCrashes(id);
            slot.Serving?.Route?.Guard.Clear();
            if (slot.Refused?.Record.State is PluginState.Quarantined)
            {
                await LoadAsync(slot, "An operator cleared the quarantine.", isForced: true).ConfigureAwait(false);
            }
        },
        cancellationToken);

    public async Task RemoveAsync(string id, Action? precondition, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var slot = SlotOf(id);
            RequireOwn(slot.Path, id);
            precondition?.Invoke();

            // Out of sight first: a scan must not meet half a folder.
            var away = Away(slot.Path);
            Directory.Move(slot.Path, away);
            Forget(slot);
            Withdraw(slot, "An operator removed it.");
            slots.Remove(slot.Path);
            Directory.Delete(away, recursive: true);
            policy?.Switches.Disable(id, isDisabled: false);
            await RetryTakenNamesAsync().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task<PluginStatus> InstallAsync(Stream archive, CancellationToken cancellationToken)
    {
        var directory = UploadDirectory();
        var work = Directory.CreateDirectory(Path.Combine(directory, Incoming, Guid.NewGuid().ToString("N")));
        try
        {
            var file = Path.Combine(work.FullName, "upload.zip");
            await using (var copy = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await archive.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
                copy.Position = 0;
                var unpacked = PluginArchive.Unpack(copy, work.CreateSubdirectory("files").FullName);
                var manifest = PluginManifestReader.Read(unpacked, requiresFolderName: false);
                var named = Path.Combine(work.CreateSubdirectory("plugin").FullName, manifest.Id);
                Directory.Move(unpacked, named);
                return await PlaceAsync(named, Path.Combine(directory, manifest.Id), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    // Serves from the incoming folder first, and puts it into place only when that worked.
    private async Task<PluginStatus> PlaceAsync(string incoming, string target, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var slot = slots.GetValueOrDefault(target) ?? new(target);
            var fresh = catalog.Prepare(incoming, slot.Serving, Hold);
            if (fresh.Plugin is null || await TryServeAsync(fresh).ConfigureAwait(false) is null)
            {
                throw new TelecomException(fresh.Record.Error ?? ErrorCode.PluginFault, fresh.Record.Reason ?? "The plugin cannot be loaded.");
            }

            var away = Directory.Exists(target) ? Away(target) : null;
            if (away is not null)
            {
                Directory.Move(target, away);
            }

            Directory.Move(incoming, target);
            fresh.Path = target;
            fresh.Record = fresh.Record with { Folder = target };
            slots[target] = slot;
            Serve(slot, fresh, "It was uploaded.");
            slot.Taken = slot.Seen = FolderStamp.Of(target);
            if (away is not null)
            {
                Directory.Delete(away, recursive: true);
            }

            return PluginStatus.Of(fresh.Record);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<PluginStatus> ChangeAsync(string id, Action? precondition, Func<PluginSlot, Task> change, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var slot = SlotOf(id);
            precondition?.Invoke();
            await change(slot).ConfigureAwait(false);
            return PluginStatus.Of(slot.Latest!.Record);
        }
        finally
        {
            turn.Release();
        }
    }

    private PluginSlot SlotOf(string id)
    {
        var known = slots.Values.Where(slot => slot.Latest is not null).ToList();
        return known.Find(slot => slot.Serving?.Record.Id == id)
            ?? known.Find(slot => slot.Latest!.Record.Id == id)
            ?? throw new TelecomException(
                ErrorCode.NotFound,
                $"There is no plugin '{id}'. Plugins: {Listing.Of(known.Select(slot => slot.Latest!.Record.Id).Order(StringComparer.Ordinal))}.");
    }

    private void RequireOwn(string path, string id)
    {
        var parent = Path.GetDirectoryName(path);
        if (options.HostDirectory is { } host && parent == Path.GetFullPath(host))
        {
            throw new TelecomException(ErrorCode.Unprocessable, $"Plugin '{id}' comes with the host and cannot be removed: disable it instead.");
        }
    }

    // Uploads go to the last directory: earlier ones are the host's own.
    private string UploadDirectory()
    {
        var directory = Path.GetFullPath(options.Directories[^1]);
        return options.HostDirectory is { } host && directory == Path.GetFullPath(host)
            ? throw new TelecomException(ErrorCode.Unprocessable, "This host has no plugin directory besides its own: name one with --plugins.")
            : directory;
    }

    private static string Away(string path) => Path.Combine(
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, Incoming)).FullName,
        FormattableString.Invariant($"{Path.GetFileName(path)}.{Guid.NewGuid():N}"));
}
