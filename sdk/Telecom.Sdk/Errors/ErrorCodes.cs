using System.Text.Json;

namespace Telecom.Sdk.Errors;

/// <summary>Names of <see cref="ErrorCode"/> on the wire.</summary>
public static class ErrorCodes
{
    /// <returns>The snake_case name that problem documents and plugin states carry, e.g. <c>shared_version_conflict</c>.</returns>
    public static string WireName(this ErrorCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());
}
