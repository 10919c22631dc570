using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Methods;

/// <summary>What a learned method is built from.</summary>
/// <param name="Settings">The method's settings: from <c>task.json</c> of a bundle, or from <c>--set</c> before training.</param>
/// <param name="Width">Hidden size d of the shared base; 0 for network methods.</param>
public sealed record MethodSetup(SettingValues Settings, int Width)
{
    /// <summary>
    /// Whether the weights of a bundle follow, so that <see cref="Settings"/> must hold what training measured; a method without it throws
    /// <see cref="Errors.ErrorCode.BundleInvalid"/>.
    /// </summary>
    public bool IsTrained { get; init; }
}
