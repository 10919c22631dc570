using System.Text.Json;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary>Rotary settings of <c>config.json</c>: <c>rope_theta</c> with <c>rope_scaling</c>, or all of them in <c>rope_parameters</c>.</summary>
internal static class RopeMembers
{
    private const string Default = "default";
    private const string Linear = "linear";
    private const string Llama3 = "llama3";
    private const double DefaultTheta = 10_000;
    private static readonly string[] PerLayerMembers = ["full_attention", "sliding_attention"];

    public static (double Theta, RopeScaling? Scaling) Read(JsonMembers members)
    {
        CheckPartialRotary(members);
        var theta = members.Number("rope_theta", DefaultTheta);
        var (nested, legacy) = (members.Object("rope_parameters"), members.Object("rope_scaling"));
        var scaling = legacy is null ? null : ReadScaling(legacy);
        if (nested is null)
        {
            return (theta, scaling);
        }

        var nestedTheta = nested.Number("rope_theta", theta);
        var nestedScaling = ReadScaling(nested);
        if (members.Has("rope_theta") && nestedTheta != theta)
        {
            members.Add("rope_theta and rope_parameters.rope_theta differ; keep one of them");
        }

        if (legacy is not null && nestedScaling != scaling)
        {
            members.Add("rope_scaling and rope_parameters differ; keep one of them");
        }

        return (nestedTheta, nestedScaling);
    }

    public static void Write(Utf8JsonWriter writer, BaseConfiguration configuration)
    {
        writer.WriteNumber("rope_theta", configuration.RopeTheta);
        switch (configuration.RopeScaling)
        {
            case LinearRopeScaling linear:
                writer.WriteStartObject("rope_scaling");
                writer.WriteString("rope_type", Linear);
                writer.WriteNumber("factor", linear.Factor);
                writer.WriteEndObject();
                break;
            case Llama3RopeScaling llama3:
                writer.WriteStartObject("rope_scaling");
                writer.WriteString("rope_type", Llama3);
                writer.WriteNumber("factor", llama3.Factor);
                writer.WriteNumber("low_freq_factor", llama3.LowFrequencyFactor);
                writer.WriteNumber("high_freq_factor", llama3.HighFrequencyFactor);
                writer.WriteNumber("original_max_position_embeddings", llama3.OriginalLength);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNull("rope_scaling");
                break;
        }
    }

    private static RopeScaling? ReadScaling(JsonMembers rope)
    {
        CheckPartialRotary(rope);
        foreach (var member in PerLayerMembers.Where(rope.Has))
        {
            rope.Add($"{member}: rotary settings for some of the layers are not supported");
        }

        return rope.RequireText(rope.Has("rope_type") ? "rope_type" : "type", Default, Default, Linear, Llama3) switch
        {
            Linear => new LinearRopeScaling(rope.Number("factor", null)),
            Llama3 => new Llama3RopeScaling(
                rope.Number("factor", null),
                rope.Number("low_freq_factor", null),
                rope.Number("high_freq_factor", null),
                rope.Integer("original_max_position_embeddings", null)),
            _ => null,
        };
    }

    private static void CheckPartialRotary(JsonMembers members)
    {
        if (members.Number("partial_rotary_factor", 1) != 1)
        {
            members.Add("partial_rotary_factor other than 1 is not supported");
        }
    }
}
