using Telecom.Host.Access;

namespace Telecom.Host.Rest;

/// <summary>Who sends a request, where something belongs to its caller.</summary>
internal static class CallerId
{
    /// <returns>The same for all requests of one caller.</returns>
    public static string Of(HttpContext context) => Caller.Of(context).Id;
}
