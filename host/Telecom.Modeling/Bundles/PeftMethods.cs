using Telecom.Modeling.Adapters;

namespace Telecom.Modeling.Bundles;

/// <summary>Which adapter method a PEFT configuration means.</summary>
internal static class PeftMethods
{
    /// <summary>Initialisations that moved a part of W into the adapter; the part is computed again from the base on loading.</summary>
    public static IReadOnlyList<string> Starts { get; } = ["pissa", "olora"];

    /// <param name="configuration">One without refusals.</param>
    public static IAdapterMethod For(PeftConfiguration configuration) => configuration switch
    {
        { PeftType: not PeftRefusals.LowRank } => PeftTypes.Method(configuration),
        { UseDora: true } => new DoraMethod(),
        _ => PeftRefusals.Start(configuration) switch
        {
            "pissa" => new PissaMethod(),
            "olora" => new OloraMethod(),
            _ => new LoraMethod(),
        },
    };
}
