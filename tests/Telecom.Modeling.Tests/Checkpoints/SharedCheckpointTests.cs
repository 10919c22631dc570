using System.Runtime.InteropServices;
using Telecom.Modeling.Checkpoints;
using Telecom.Testing;

namespace Telecom.Modeling.Tests.Checkpoints;

public sealed class SharedCheckpointTests
{
    [Fact]
    public void The_small_recorded_model_is_read()
    {
        using var file = SafetensorsFile.Open(Path.Combine(SharedData.Folder("adapters"), "tiny-llama", "model.safetensors"));

        Assert.Equal(90_432, file.Entries.Sum(entry => entry.ElementCount));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([128, 64], file.GetEntry("model.embed_tokens.weight").Shape);
        Assert.All(file.Entries, entry => Assert.Equal(SafetensorsDataType.F32, entry.DataType));
    }

    [Theory]
    [InlineData("model-00001-of-00002.safetensors", SafetensorsDataType.BF16)]
    [InlineData("model-00002-of-00002.safetensors", SafetensorsDataType.F16)]
    public void Shards_convert_to_exactly_the_single_precision_weights(string shard, SafetensorsDataType type)
    {
        var folder = SharedData.Folder("adapters");
        using var whole = SafetensorsFile.Open(Path.Combine(folder, "tiny-llama", "model.safetensors"));
        using var half = SafetensorsFile.Open(Path.Combine(folder, "tiny-llama-sharded", shard));

        Assert.All(half.Entries, entry =>
        {
            Assert.Equal(type, entry.DataType);
            var converted = new float[entry.ElementCount];
            var words = MemoryMarshal.Cast<byte, ushort>(half.GetBytes(entry.Name));
            for (var index = 0; index < converted.Length; index++)
            {
                converted[index] = type == SafetensorsDataType.BF16
                    ? BitConverter.UInt32BitsToSingle((uint)words[index] << 16)
                    : (float)BitConverter.UInt16BitsToHalf(words[index]);
            }

            Assert.Equal(MemoryMarshal.Cast<byte, float>(whole.GetBytes(entry.Name)).ToArray(), converted);
        });
    }

    [Theory]
    [InlineData("tiny-llama", CheckpointKind.Base, 90_432)]
    [InlineData("tiny-llama-sharded", CheckpointKind.Base, 90_432)]
    [InlineData("peft/lora-qv-r4", CheckpointKind.Adapter, null)]
    [InlineData("peft/lora-rslora-patterns", CheckpointKind.Adapter, null)]
    [InlineData("peft/dora-r4", CheckpointKind.Adapter, null)]
    [InlineData("peft/miss-r8", CheckpointKind.Adapter, 4 * 8 * 64)]
    [InlineData("peft/shira-r2", CheckpointKind.Adapter, null)]
    public void Recorded_folders_pass_inspection(string name, CheckpointKind kind, int? parameters)
    {
        var folder = Path.Combine(SharedData.Folder("adapters"), name);

        Assert.Empty(CheckpointInspector.Verify(folder));
        var description = CheckpointInspector.Describe(folder);
        Assert.Equal(kind, description.Kind);
        Assert.Equal(parameters ?? description.ParameterCount, description.ParameterCount);
    }
}
