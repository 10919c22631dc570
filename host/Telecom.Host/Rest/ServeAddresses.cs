using System.Net;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Where the host listens.</summary>
/// <param name="Urls">Addresses as the web server takes them.</param>
/// <param name="IsLoopback">Whether none of them can be reached from another machine.</param>
internal sealed record ServeAddresses(IReadOnlyList<string> Urls, bool IsLoopback)
{
    /// <summary>Whether other machines may ask, directly or through a proxy on this one, without saying who they are.</summary>
    public bool AllowsAnonymous { get; init; }

    /// <summary>Reads <c>--urls</c>: addresses separated by semicolons.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: one of them is no http address.</exception>
    public static ServeAddresses Parse(string text)
    {
        var urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
        {
            throw new TelecomException(ErrorCode.InvalidInput, "--urls names no address: give one such as http://127.0.0.1:5080.");
        }

        return new(urls, Array.TrueForAll(urls, IsLoopbackUrl));
    }

    private static bool IsLoopbackUrl(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            throw Invalid(url, exception);
        }

        if (address.Scheme != Uri.UriSchemeHttp)
        {
            throw Invalid(url, null);
        }

        // '*', '+', 0.0.0.0 and every name but localhost mean more than this machine.
        return address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    private static TelecomException Invalid(string url, Exception? cause) =>
        new(ErrorCode.InvalidInput, $"--urls {url} is not an address such as http://127.0.0.1:5080.", cause);
}
