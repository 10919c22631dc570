using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>The methods that are built from their name alone. Those that start from measurements (EVA, LoRA-SB) are built from these instead.</summary>
public static class AdapterMethods
{
    /// <summary>The name of plain LoRA with the scale alpha / √r.</summary>
    internal const string RankStabilized = "rslora";

    private static readonly OrderedDictionary<string, Func<OptionReader, IAdapterMethod>> Known = new(StringComparer.Ordinal)
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
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>Builds a method.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Numbers that shape it, as <see cref="IAdapterMethod.Options"/> gave them; null for the usual ones.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: the name or an option is unknown, or a number is out of range.</exception>
    public static IAdapterMethod Create(string name, IReadOnlyDictionary<string, double>? options = null)
    {
        if (!Known.TryGetValue(name, out var create))
        {
            throw new TelecomException(ErrorCode.InvalidInput, $"Unknown adapter method '{name}'. Known methods: {string.Join(", ", Names)}.");
        }

        var reader = new OptionReader(name, options ?? new Dictionary<string, double>());
        var method = create(reader);
        reader.RequireNoOthers();
        return method;
    }

    private sealed class OptionReader(string method, IReadOnlyDictionary<string, double> options)
    {
        private readonly HashSet<string> read = new(StringComparer.Ordinal);

        public int Integer(string name, int usual, int least, int most) => (int)Number(name, usual, least, most, whole: true);

        public double Number(string name, double usual, double least, double most, bool whole = false)
        {
            read.Add(name);
            var value = options.GetValueOrDefault(name, usual);
            return value >= least && value <= most && (!whole || value == Math.Floor(value)) ? value : throw Invalid(string.Create(
                CultureInfo.InvariantCulture, $"{name} is {value}, but must be {(whole ? "an integer" : "a number")} from {least} to {most}"));
        }

        public void RequireNoOthers()
        {
            if (options.Keys.FirstOrDefault(name => !read.Contains(name)) is { } unknown)
            {
                throw Invalid($"it has no option '{unknown}'{(read.Count == 0 ? "" : $"; known are {string.Join(", ", read)}")}");
            }
        }

        private TelecomException Invalid(string problem) => new(ErrorCode.InvalidInput, $"Adapter method '{method}': {problem}.");
    }
}
