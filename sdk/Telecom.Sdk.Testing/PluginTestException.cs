namespace Telecom.Sdk.Testing;

/// <summary>A plugin does not keep what a host relies on. Every test framework shows it as a failed test; it needs none.</summary>
/// <param name="what">What is wrong.</param>
/// <param name="where">Plugin, task, method or file.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="inner">The cause; null where there is none.</param>
public sealed class PluginTestException(string what, string where, string remedy, Exception? inner = null)
    : Exception($"{where}: {what} {remedy}", inner)
{
    /// <summary>What is wrong.</summary>
    public string What { get; } = what;

    /// <summary>Plugin, task, method or file.</summary>
    public string Where { get; } = where;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;
}
