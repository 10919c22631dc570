using Microsoft.Extensions.Configuration;
using Telecom.Host.Terminal;
using Telecom.Runtime;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests;

public sealed class ServingSettingsTests
{
    private static readonly RuntimeOptions Standard = new() { PluginDirectories = [], StateDirectory = "state" };

    [Fact]
    public void Without_settings_the_defaults_count()
    {
        Assert.Equal(Standard, ServingSettings.Apply(Standard, null));
        Assert.Equal(Standard, ServingSettings.Apply(Standard, Of()));
    }

    [Fact]
    public void Settings_set_batches_queue_patience_and_budgets()
    {
        var options = ServingSettings.Apply(Standard, Of(
            ("Serving:MaxBatchRows", "8"),
            ("Serving:MaxQueueDelayMs", "2"),
            ("Serving:RequestTimeoutMs", "1500"),
            ("Adapters:MaxRank", "128"),
            ("Adapters:MaxDeviceBytes", "5000000000")));

        Assert.Equal((8, TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(1.5)), (options.MaxBatchRows, options.MaxQueueDelay, options.RequestTimeout));
        Assert.Equal((128, 5_000_000_000), (options.Adapters.MaxRank, options.Adapters.MaxDeviceBytes));
        Assert.Equal((Standard.MaxQueue, Standard.Adapters.MaxAdapters), (options.MaxQueue, options.Adapters.MaxAdapters));
    }

    [Theory]
    [InlineData("Serving:MaxBatchRows", "0")]
    [InlineData("Serving:MaxQueue", "many")]
    [InlineData("Serving:MaxQueueDelayMs", "-1")]
    [InlineData("Serving:RequestTimeoutMs", "600001")]
    [InlineData("Adapters:MaxRank", "2000")]
    [InlineData("Adapters:MaxHostBytes", "1e9")]
    public void Value_out_of_range_is_refused_by_name(string name, string value)
    {
        var exception = Assert.Throws<TelecomException>(() => ServingSettings.Apply(Standard, Of((name, value))));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"{name}={value}", exception.Message, StringComparison.Ordinal);
    }

    private static IConfigurationRoot Of(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build();
}
