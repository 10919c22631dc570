using Telecom.Modeling.Adapters.Mixtures;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// The methods by name: those that are built from the name alone, and those that training builds from measurements (EVA, LoRA-SB).
/// </summary>
public static class AdapterMethods
{
    /// <summary>The name of plain LoRA with the scale alpha / √r.</summary>
    internal const string RankStabilized = "rslora";

    private static readonly OrderedDictionary<string, Func<MethodOptions, IAdapterMethod>> Known = new(StringComparer.Ordinal)
    {
        ["lora"] = _ => new LoraMethod(),
        [RankStabilized] = _ => new LoraMethod(),
        ["dora"] = _ => new DoraMethod(),
        ["pissa"] = _ => new PissaMethod(),
        ["olora"] = _ => new OloraMethod(),
        ["miss"] = _ => new MissMethod(),
        ["miss-mini"] = options => new MissMethod(options.Integer(MissMethod.WidthOption, 8, 1, 1 << 20)),
        ["bone-bat"] = _ => new BoneBatMethod(),
        ["shira"] = options => new ShiraMethod((ShiraMask)options.Integer(ShiraMethod.MaskOption, 0, 0, (int)ShiraMask.Magnitude)),
        ["randlora"] = _ => new RandLoraMethod(),
        ["sora"] = options => new SoraMethod(SoraThreshold.From(options)),
        ["loca"] = options => new LocaMethod(options.Integer(LocaMethod.CoefficientsOption, LocaMethod.UsualCoefficients, 1, 1 << 20)),
        ["loldu"] = _ => new LolduMethod(),
        ["llava-mole"] = options => new MixtureMethod(
            new TopOneRouting(options.Number(TopOneRouting.BalanceOption, TopOneRouting.UsualBalance, 0, 1e3)), Experts(options)),
        ["dynmole"] = options => new MixtureMethod(new EntropyRouting(EntropyRoutingSettings.From(options)), Experts(options)),
        ["nola"] = options => new NolaMethod(options.Integer(NolaMethod.BasesOption, NolaMethod.UsualBases, 1, 1 << 16)),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The methods that training builds from measurements of its data.</summary>
    public static IReadOnlyList<string> Measured { get; } = [EvaMethod.MethodName, LoraSbMethod.MethodName];

    /// <summary>Builds a method.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Numbers that shape it, as <see cref="IAdapterMethod.Options"/> gave them; null for the usual ones.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.InvalidInput"/>: the name or an option is unknown, or a number is out of range.
    /// </exception>
    public static IAdapterMethod Create(string name, IReadOnlyDictionary<string, double>? options = null)
    {
        if (!Known.TryGetValue(name, out var create))
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                Measured.Contains(name)
                    ? $"Adapter method '{name}' starts from measurements of training data and cannot be built without them."
                    : $"Unknown adapter method '{name}'. Known methods: {string.Join(", ", Names.Concat(Measured))}.");
        }

        var reader = new MethodOptions(name, options ?? new Dictionary<string, double>());
        var method = create(reader);
        reader.RequireNoOthers();
        return method;
    }

    private static int Experts(MethodOptions options) =>
        options.Integer(MixtureMethod.ExpertsOption, MixtureMethod.UsualExperts, 1, MixtureMethod.MostExperts);
}
