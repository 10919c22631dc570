using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Tests.Bases;

public sealed class BaseConfigurationTests
{
    [Fact]
    public void Nano_has_the_documented_parameter_count()
    {
        // Per layer 4·256² + 3·256·688 + 2·256 = 791 040, plus the final norm.
        Assert.Equal(3_164_416, BaseConfiguration.Nano.ParameterCount);
        Assert.Equal((4 * ((4 * 256 * 256) + (3 * 256 * 688) + (2 * 256))) + 256, BaseConfiguration.Nano.ParameterCount);
        BaseConfiguration.Nano.Validate();
    }

    [Fact]
    public void Vocabulary_counts_once_when_the_head_is_tied()
    {
        var untied = BaseConfiguration.Nano with { VocabularySize = 1000 };

        Assert.Equal(3_164_416 + (2 * 256_000), untied.ParameterCount);
        Assert.Equal(3_164_416 + 256_000, (untied with { TieEmbeddings = true }).ParameterCount);
    }

    [Fact]
    public void Shared_key_heads_shrink_keys_and_values_only()
    {
        var grouped = BaseConfiguration.Nano with { KeyValueHeadCount = 1 };

        Assert.Equal(3_164_416 - (4 * 2 * 192 * 256), grouped.ParameterCount);
    }

    [Fact]
    public void The_largest_sizes_allowed_do_not_overflow_the_count()
    {
        var largest = new BaseConfiguration
        {
            HiddenSize = 1 << 22,
            LayerCount = 1 << 12,
            HeadCount = 1 << 12,
            KeyValueHeadCount = 1 << 12,
            HeadSize = 1 << 12,
            FeedForwardSize = 1 << 22,
            NormEpsilon = 1e-5,
            RopeTheta = 1e4,
            VocabularySize = 1 << 24,
        };
        largest.Validate();

        // 4096 layers of 4·2^46 + 3·2^44 + 2·2^22, two vocabularies of 2^46 and one norm.
        var expected = (4096 * (UInt128)((4L << 46) + (3L << 44) + (2L << 22))) + (2L << 46) + (1L << 22);
        Assert.Equal(expected, (UInt128)largest.ParameterCount);
    }
}
