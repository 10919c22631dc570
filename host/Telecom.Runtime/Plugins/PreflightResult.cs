namespace Telecom.Runtime.Plugins;

/// <summary>What pre-flight found in a folder that fits.</summary>
/// <param name="ExportingFiles">Assemblies that carry <c>[assembly: TelecomPlugin]</c>, main first: the ones that are composed.</param>
/// <param name="Warnings">Oddities for the operator.</param>
internal sealed record PreflightResult(IReadOnlyList<string> ExportingFiles, IReadOnlyList<string> Warnings);
