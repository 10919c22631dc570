using System.Composition.Hosting;
using System.Reflection;

namespace Telecom.Runtime.Plugins;

/// <summary>Finds the failure of plugin code below the wrappers of composition and reflection.</summary>
internal static class PluginFaults
{
    public static Exception Unwrap(Exception exception)
    {
        while (exception is CompositionFailedException or TargetInvocationException or TypeInitializationException
            && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    public static string Describe(Exception exception) => exception is ReflectionTypeLoadException load
        ? string.Join(' ', load.LoaderExceptions.OfType<Exception>().Select(inner => inner.Message).Distinct())
        : $"{exception.GetType().Name}: {exception.Message}";
}
