using Telecom.Modeling.Adapters;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Settings;
using TorchSharp;

namespace Telecom.Modeling.Bundles;

/// <summary>What goes into a bundle folder.</summary>
/// <param name="Card">The card.</param>
/// <param name="Settings">The method's settings.</param>
/// <param name="Modules">Encoder and head, or the whole network.</param>
/// <param name="Adapter">The adapter; null for network methods and runs without a base.</param>
public sealed record BundleContents(BundleCard Card, SettingValues Settings, torch.nn.Module Modules, Adapter? Adapter);
