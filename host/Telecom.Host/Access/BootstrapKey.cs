using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>The key of a host that has none yet: it may do everything, and lies in a file that only the user of the host can read.</summary>
internal static class BootstrapKey
{
    /// <summary>Name of the file in the state folder.</summary>
    public const string FileName = "bootstrap-key";

    private const string Name = "bootstrap";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the key where the store has none at all, and says where it is.</summary>
    /// <param name="ring">The keys.</param>
    /// <param name="stateFolder">Where the file goes.</param>
    /// <param name="isNeeded">Whether nothing is answered without a key; the key itself is told then, once.</param>
    /// <param name="time">Clock.</param>
    /// <param name="error">Takes the lines.</param>
    /// <param name="cancellationToken">Stops before the key is made.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: the file cannot be written; no key is made then.</exception>
    public static async Task AnnounceAsync(
        KeyRing ring, string stateFolder, bool isNeeded, TimeProvider time, TextWriter error, CancellationToken cancellationToken)
    {
        var path = Path.Combine(stateFolder, FileName);
        if (isNeeded)
        {
            await error.WriteLineAsync("Every request needs a key. Keys travel readable over http: outside a network that you trust, put a proxy with TLS before the host.");
        }

        if (!ring.All.Any())
        {
            var (stored, key) = KeyMaker.Make(new() { Name = Name, Scopes = Scopes.Admin.Names() }, time.GetUtcNow());
            Write(path, key);
            await ring.AddAsync(stored, cancellationToken);
            if (isNeeded)
            {
                await error.WriteLineAsync($"The first key, shown once: {key}");
            }
        }

        if (Counts(ring, path, time))
        {
            await error.WriteLineAsync($"A key for administration is in {path}, which only this user can read.");
        }
        else if (isNeeded && !ring.All.Any(key => key.Judge(time.GetUtcNow()) == KeyVerdict.Good))
        {
            await error.WriteLineAsync("No key counts any more: 'telecom keys add' makes one.");
        }
    }

    private static void Write(string path, string key)
    {
        try
        {
            // A file of the same name might be readable by others, and would stay so.
            File.Delete(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using var writer = new StreamWriter(path, options);
            writer.WriteLine(key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The first key cannot be written to {path}: {exception.Message}", exception);
        }
    }

    // The file of an earlier key stays when the key is taken back.
    private static bool Counts(KeyRing ring, string path, TimeProvider time)
    {
        try
        {
            return File.Exists(path) && ring.Find(File.ReadAllText(path).Trim(), time.GetUtcNow(), out _) == KeyVerdict.Good;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
