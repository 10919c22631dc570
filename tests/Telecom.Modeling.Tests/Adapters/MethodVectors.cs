using System.Text.Json;
using Telecom.Testing;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Small inputs and outputs per method, given with the data (method-vectors.json) with seven significant digits.</summary>
internal static class MethodVectors
{
    /// <summary>Half a unit of the seventh digit of numbers up to 10, and float32 rounding.</summary>
    public const double Tolerance = 2e-6;

    public static JsonElement Of(string method) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder("adapters"), "method-vectors.json"))).RootElement.GetProperty(method);

    public static Tensor Matrix(this JsonElement rows, ScalarType type = ScalarType.Float32)
    {
        var values = rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(number => number.GetDouble()).ToArray();
        return tensor(values, [rows.GetArrayLength(), rows[0].GetArrayLength()]).to(type);
    }

    /// <returns>The numbers as a tensor of one dimension.</returns>
    public static Tensor Row(this JsonElement numbers, ScalarType type = ScalarType.Float32) => tensor(numbers.Vector()).to(type);

    public static double[] Vector(this JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetDouble())];
}
