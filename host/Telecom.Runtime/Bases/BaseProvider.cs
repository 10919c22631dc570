using System.Collections.Concurrent;
using System.Globalization;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Execution;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Bases;

/// <summary>Loads each base once per process, on the executor thread.</summary>
/// <param name="executor">Where tensors live.</param>
/// <param name="precision">What checkpoint folders compute in; the shipped base and seeded ones stay float32.</param>
public sealed class BaseProvider(DeviceExecutor executor, BasePrecision precision = BasePrecision.Float32) : IAsyncDisposable
{
    private const string ShippedName = "shipped";
    private const string RandomPrefix = "random:";

    private readonly ConcurrentDictionary<string, Lazy<Task<SharedBase>>> bases = new(StringComparer.Ordinal);

    /// <summary>Whether a specification names a checkpoint folder.</summary>
    public static bool IsFolder(string specification) =>
        specification is not (ShippedName or BaseInitializer.NanoName or SharedBase.NoneName) && !specification.StartsWith(RandomPrefix, StringComparison.Ordinal);

    /// <param name="specification"><c>shipped</c>, <c>random:SEED</c>, <c>none</c>, or a checkpoint folder.</param>
    /// <exception cref="TelecomException">The specification or the folder is wrong.</exception>
    public async Task<SharedBase> GetAsync(string specification)
    {
        var loading = bases.GetOrAdd(
            specification, key => new Lazy<Task<SharedBase>>(() => executor.RunAsync(() => Load(key), CancellationToken.None)));
        try
        {
            return await loading.Value.ConfigureAwait(false);
        }
        catch
        {
            // A folder that was repaired may be tried again.
            bases.TryRemove(KeyValuePair.Create(specification, loading));
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pending in bases.Values)
        {
            if (pending.IsValueCreated && pending.Value.IsCompletedSuccessfully)
            {
                var loaded = await pending.Value.ConfigureAwait(false);
                await executor.RunAsync(loaded.Dispose, CancellationToken.None).ConfigureAwait(false);
            }
        }

        bases.Clear();
    }

    private SharedBase Load(string specification)
    {
        if (specification == SharedBase.NoneName)
        {
            return new SharedBase(SharedBase.NoneName, BaseConfiguration.Nano.HiddenSize, null);
        }

        var weights = Weights(specification);
        weights.MoveTo(executor.Device);
        return new SharedBase(weights.Name, weights.Configuration.HiddenSize, new BaseModel(weights, CalibratedPaths.Measure(weights, TimeProvider.System)));
    }

    private BaseWeights Weights(string specification)
    {
        if (specification is ShippedName or BaseInitializer.NanoName)
        {
            return BaseInitializer.Nano();
        }

        if (IsFolder(specification))
        {
            return BaseWeights.Load(specification, precision: precision);
        }

        return ulong.TryParse(specification.AsSpan(RandomPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? BaseInitializer.Seeded(BaseConfiguration.Nano, seed, specification)
            : throw new TelecomException(
                ErrorCode.InvalidInput, $"Base '{specification}' is not valid: use shipped, none, random:SEED or a checkpoint folder.");
    }
}
