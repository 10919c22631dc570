using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>A bundle or adapter that was refused for several reasons at once.</summary>
/// <param name="place">File or folder, and for whom it does not fit.</param>
/// <param name="problems">Every reason, at least one.</param>
public sealed class BundleInvalidException(string place, IReadOnlyList<string> problems)
    : TelecomException(ErrorCode.BundleInvalid, $"{place}: {string.Join("; ", problems)}."), IProblemReport
{
    /// <inheritdoc/>
    public string Place { get; } = place;

    /// <inheritdoc/>
    public IReadOnlyList<string> Problems { get; } = problems;
}
