using Telecom.Plugins.Viewport.Methods.Learned;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Viewport.Tests.Learned;

public sealed class LearnedAdapterTests
{
    [Fact]
    public void Settings_choose_method_rate_ratio_rank_scale_and_dropout()
    {
        var settings = SettingValues.Create(LearnedSettings.Adapted, new Dictionary<string, string>
        {
            ["adapter"] = "shira",
            ["adapter-rate-ratio"] = "16",
            ["rank"] = "4",
            ["alpha"] = "8",
            ["adapter-dropout"] = "0.25",
        });

        var options = LearnedAdapter.From(settings);

        Assert.Equal(("shira", 16.0, 4, 8.0, 0.25), (options.Method, options.LearningRateRatio, options.Rank, options.Alpha, options.Dropout));
    }

    [Fact]
    public void Adapter_is_plain_lora_unless_chosen_otherwise()
    {
        var options = LearnedAdapter.From(SettingValues.Create(LearnedSettings.Adapted, []));

        Assert.Equal(("lora", 1.0), (options.Method, options.LearningRateRatio));
    }
}
