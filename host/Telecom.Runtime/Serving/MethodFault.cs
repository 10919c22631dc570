using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <summary>Failures of plugin code as their callers see them.</summary>
internal static class MethodFault
{
    /// <returns>
    /// The failure itself when it already has a code, otherwise a <see cref="ErrorCode.PluginFault"/> that names the method. Messages of the native
    /// library go on with a stack trace; its first line says what is wrong.
    /// </returns>
    public static TelecomException Of(string method, Exception exception) => exception as TelecomException
        ?? new TelecomException(ErrorCode.PluginFault, $"Method '{method}' failed: {FirstLine(exception.Message)}", exception);

    /// <summary>Runs code of a plugin.</summary>
    /// <exception cref="TelecomException">See <see cref="Of"/>.</exception>
    public static T Guard<T>(string method, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is not TelecomException)
        {
            throw Of(method, exception);
        }
    }

    private static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }
}
