using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>
/// Adapter files beside LoRA's: PEFT's own types MISS (BONE in its earlier versions), SHIRA and RANDLORA, and types named TELECOM_... for methods
/// that PEFT does not know and therefore refuses by name.
/// </summary>
internal static class PeftTypes
{
    public const string Miss = "MISS";
    private const string Bone = "BONE";
    public const string Shira = "SHIRA";
    public const string RandLora = "RANDLORA";
    private const string OwnPrefix = "TELECOM_";
    public const string OwnMethod = "telecom_method";
    public const string OwnOptions = "telecom_options";
    public const string Start = "init_weights";
    public const string MiniWidth = "mini_r";
    public const string SavesProjection = "save_projection";
    private const string EarlierBlock = "bone_block";
    private static readonly string[] MissStarts = ["true", "false", "\"bat\"", "\"mini\""];

    /// <summary>The types that PEFT knows too.</summary>
    public static IReadOnlyList<string> Types { get; } = [PeftRefusals.LowRank, Miss, Bone, Shira, RandLora];

    /// <summary>Whether adapters of this type can be read.</summary>
    public static bool IsKnown(string type) => Types.Contains(type) || AdapterMethods.Names.Any(name => type == OwnType(name));

    /// <returns>The type of a method that PEFT does not know.</returns>
    public static string OwnType(string method) => OwnPrefix + method.ToUpperInvariant().Replace('-', '_');

    /// <returns>One line for everything about the type that is not supported.</returns>
    public static IEnumerable<string> Refusals(PeftConfiguration configuration)
    {
        var (type, start) = (configuration.PeftType, Raw(configuration, Start) ?? "true");
        if (!Types.Contains(type) && !IsOwn(configuration))
        {
            yield return $"peft_type {type} is not supported; supported are {string.Join(", ", Types)}";
        }

        if (type is Miss or Bone && !MissStarts.Contains(start))
        {
            yield return $"init_weights {start} is not supported; supported are {string.Join(", ", MissStarts)}";
        }

        if (type == RandLora && Raw(configuration, SavesProjection) is "false")
        {
            yield return "save_projection false is not supported: the file lacks the random bases, and the seed they came from gives other numbers "
                + "outside of the PyTorch that wrote it; save the adapter again with save_projection true";
        }
    }

    /// <returns>The configuration with scale and dropout under the names that LoRA gives them.</returns>
    public static PeftConfiguration WithUsualNames(PeftConfiguration configuration) => configuration.PeftType switch
    {
        Miss or Bone => configuration with { Alpha = configuration.Rank, Dropout = Number(configuration, "miss_dropout") ?? 0 },
        Shira => configuration with { Alpha = configuration.Rank },
        RandLora => configuration with
        {
            // PEFT's defaults.
            Alpha = Number(configuration, "randlora_alpha") ?? 640,
            Dropout = Number(configuration, "randlora_dropout") ?? 0,
        },
        _ => configuration,
    };

    /// <param name="configuration">One without refusals, of another type than LORA.</param>
    public static IAdapterMethod Method(PeftConfiguration configuration) => configuration.PeftType switch
    {
        Miss or Bone => Raw(configuration, Start) switch
        {
            "\"bat\"" => new BoneBatMethod(),
            "\"mini\"" => new MissMethod((int)(Number(configuration, MiniWidth) ?? 1)),
            _ => new MissMethod(),
        },
        Shira => new ShiraMethod(),
        RandLora => new RandLoraMethod(),
        _ => AdapterMethods.Create(Text(configuration, OwnMethod)!, Options(configuration)),
    };

    /// <summary>Refuses an adapter that means something else on another base, if its file does not say which base is meant.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BaseIncompatible"/>.</exception>
    public static void RequireBaseOf(IAdapterMethod method, PeftConfiguration configuration, bool allowBaseMismatch, string directory)
    {
        if (method.DependsOnBase && configuration.BaseFingerprint is null && !allowBaseMismatch)
        {
            throw new TelecomException(
                ErrorCode.BaseIncompatible,
                $"The adapter {directory} of method '{method.Name}' depends on the weights of its base, but names no base_fingerprint; "
                + "load it only where it is known to belong to this base.");
        }
    }

    /// <returns>Names that files of other versions give a tensor.</returns>
    public static IEnumerable<string> OtherNames(string name)
    {
        // Early PEFT versions kept DoRA's magnitudes in a module of their own, which shows in the name.
        if (name.EndsWith(DoraMethod.NameMagnitude, StringComparison.Ordinal))
        {
            yield return name + ".weight";
        }

        if (name.EndsWith(MissMethod.NameBlock, StringComparison.Ordinal))
        {
            yield return name[..^MissMethod.NameBlock.Length] + EarlierBlock;
        }
    }

    private static bool IsOwn(PeftConfiguration configuration) =>
        Text(configuration, OwnMethod) is { } name && AdapterMethods.Names.Contains(name) && configuration.PeftType == OwnType(name)
        && configuration.Alpha is not null;

    private static Dictionary<string, double> Options(PeftConfiguration configuration)
    {
        var options = new Dictionary<string, double>(StringComparer.Ordinal);
        if (Member(configuration, OwnOptions) is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (var member in members.EnumerateObject())
            {
                options[member.Name] = member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : double.NaN;
            }
        }

        return options;
    }

    private static JsonElement? Member(PeftConfiguration configuration, string name) =>
        configuration.Others is not null && configuration.Others.TryGetValue(name, out var value) ? value : null;

    private static string? Raw(PeftConfiguration configuration, string name) => Member(configuration, name)?.GetRawText();

    private static string? Text(PeftConfiguration configuration, string name) =>
        Member(configuration, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Number(PeftConfiguration configuration, string name) =>
        Member(configuration, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
}
