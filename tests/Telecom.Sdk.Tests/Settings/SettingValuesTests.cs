using System.Globalization;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Tests.Settings;

public sealed class SettingValuesTests
{
    private static readonly SettingDescriptor[] Descriptors =
    [
        new("width", "64", "hidden units"),
        new("rate", "0.5", "learning rate"),
        new("cosine", "true", "decay"),
        new("mode", "plan", "plan or in-flight"),
    ];

    [Fact]
    public void Create_overlays_defaults_and_keeps_the_declared_order()
    {
        var values = Create(("rate", "1e-3"), ("width", "8"));

        Assert.Equal(["width=8", "rate=1e-3", "cosine=true", "mode=plan"], values.Pairs.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(8, values.Integer("width"));
        Assert.Equal(0.001, values.Number("rate"));
        Assert.True(values.Flag("cosine"));
        Assert.Equal("plan", values.Text("mode"));
    }

    [Fact]
    public void Create_takes_the_last_of_repeated_overrides() => Assert.Equal(3, Create(("width", "2"), ("width", "3")).Integer("width"));

    [Fact]
    public void Create_refuses_an_unknown_name_and_lists_the_known_ones()
    {
        var exception = Assert.Throws<TelecomException>(() => Create(("Width", "8")));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains("'Width'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("width, rate, cosine, mode", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.0")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("1,000")]
    [InlineData("99999999999")]
    [InlineData("65")]
    [InlineData("0")]
    public void Integer_outside_its_form_or_range_names_setting_and_range(string text)
    {
        var exception = Assert.Throws<TelecomException>(() => Create(("width", text)).Integer("width", 1, 64));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"width={text} ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("an integer from 1 to 64", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("1e999")]
    [InlineData("0,5")]
    [InlineData("half")]
    public void Number_that_is_not_finite_or_not_invariant_is_refused(string text)
    {
        var exception = Assert.Throws<TelecomException>(() => Create(("rate", text)).Number("rate"));

        Assert.Contains($"rate={text} ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Number_is_read_in_invariant_culture_whatever_the_user_speaks()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ro-RO");

            Assert.Equal(0.5, Create().Number("rate", 0, 1));
            var exception = Assert.Throws<TelecomException>(() => Create(("rate", "1.5")).Number("rate", 0.25, 1));
            Assert.Contains("a number from 0.25 to 1", exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Flag_and_choice_accept_any_case_and_name_what_is_allowed()
    {
        Assert.False(Create(("cosine", "False")).Flag("cosine"));
        Assert.Equal("in-flight", Create(("mode", "In-Flight")).Choice("mode", "plan", "in-flight"));

        var flag = Assert.Throws<TelecomException>(() => Create(("cosine", "yes")).Flag("cosine"));
        var choice = Assert.Throws<TelecomException>(() => Create(("mode", "fly")).Choice("mode", "plan", "in-flight"));

        Assert.Contains("cosine=yes", flag.Message, StringComparison.Ordinal);
        Assert.Contains("true or false", flag.Message, StringComparison.Ordinal);
        Assert.Contains("mode=fly", choice.Message, StringComparison.Ordinal);
        Assert.Contains("one of plan, in-flight", choice.Message, StringComparison.Ordinal);
    }

    private static SettingValues Create(params (string Name, string Value)[] overrides) =>
        SettingValues.Create(Descriptors, overrides.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
}
