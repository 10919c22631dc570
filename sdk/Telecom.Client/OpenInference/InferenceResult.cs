namespace Telecom.Client.OpenInference;

/// <summary>The answer of a model. Disposing gives the memory of its tensors back.</summary>
public sealed class InferenceResult : IDisposable
{
    private readonly List<PooledBytes> memory = [];
    private readonly List<OutputTensor> outputs = [];

    internal InferenceResult()
    {
    }

    /// <summary>Model that answered.</summary>
    public string ModelName { get; internal set; } = string.Empty;

    /// <summary>Version that answered; null where the server names none.</summary>
    public string? ModelVersion { get; internal set; }

    /// <summary><see cref="InferenceRequest.Id"/>; null where none was sent.</summary>
    public string? Id { get; internal set; }

    /// <summary>Method of a Telecom host that answered instead of the one that was asked for; null when none did.</summary>
    public string? Fallback { get; internal set; }

    /// <summary>The outputs: all, or those that were asked for, in that order.</summary>
    public IReadOnlyList<OutputTensor> Outputs => outputs;

    /// <summary>Whether the memory was given back.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>The output of that name.</summary>
    /// <exception cref="KeyNotFoundException">The answer has no such output.</exception>
    public OutputTensor this[string name] => outputs.Find(output => output.Name == name)
        ?? throw new KeyNotFoundException(
            $"The answer of '{ModelName}' has no output '{name}'; it has {string.Join(", ", outputs.Select(output => output.Name))}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        IsDisposed = true;
        memory.ForEach(bytes => bytes.Dispose());
    }

    /// <summary>Adds an output at its place; those before it must be there.</summary>
    internal void Add(int position, string name, TensorDataType dataType, IReadOnlyList<long> shape, PooledBytes bytes)
    {
        memory.Add(bytes);
        outputs.Insert(position, new(this, name, dataType, shape, bytes));
    }
}
