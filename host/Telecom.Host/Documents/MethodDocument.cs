using Telecom.Sdk.Settings;

namespace Telecom.Host.Documents;

/// <summary>A method as lists show it.</summary>
internal sealed record MethodDocument(string Id, string Kind, string Summary, IReadOnlyList<SettingDescriptor> Settings);
