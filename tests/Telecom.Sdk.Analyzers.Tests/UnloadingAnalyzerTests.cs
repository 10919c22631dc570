namespace Telecom.Sdk.Analyzers.Tests;

public sealed class UnloadingAnalyzerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("JsonSerializer.Serialize(new C())")]
    [InlineData("JsonSerializer.Serialize(new C(), new JsonSerializerOptions())")]
    [InlineData("JsonSerializer.Deserialize<C>(\"{}\")")]
    [InlineData("JsonSerializer.SerializeToElement(new C())")]
    [InlineData("System.Net.Http.Json.JsonContent.Create(new C())")]
    [InlineData("new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver()")]
    [InlineData("new System.Text.Json.Serialization.JsonStringEnumConverter()")]
    public async Task Json_by_reflection_is_found(string expression) => Assert.Contains("TEL002", await AnalyzeAsync($"object M() => {expression};"));

    [Theory]
    [InlineData("JsonSerializer.Serialize(new C(), info)")]
    [InlineData("JsonSerializer.Deserialize(\"{}\", info)")]
    [InlineData("JsonDocument.Parse(\"{}\")")]
    public async Task Json_by_generated_code_is_fine(string expression) => Assert.Empty(
        await AnalyzeAsync($"object M(System.Text.Json.Serialization.Metadata.JsonTypeInfo<C> info) => {expression};"));

    [Theory]
    [InlineData("object M() => System.ComponentModel.TypeDescriptor.GetConverter(typeof(C));")]
    [InlineData("object M() => new System.ComponentModel.TypeConverter();")]
    [InlineData("[System.ComponentModel.TypeConverter(typeof(System.ComponentModel.TypeConverter))] class D { }")]
    public async Task Type_descriptors_are_found(string member) => Assert.Equal(["TEL003"], await AnalyzeAsync(member));

    [Theory]
    [InlineData("static Timer t;")]
    [InlineData("static readonly Thread t = new(() => { });")]
    [InlineData("static readonly AsyncLocal<C> t = new();")]
    [InlineData("static System.Timers.Timer T { get; } = new();")]
    [InlineData("static Task<int> t;")]
    [InlineData("void M() { AppDomain.CurrentDomain.ProcessExit += (_, _) => { }; AppDomain.CurrentDomain.ProcessExit -= null; TaskScheduler.UnobservedTaskException += (_, _) => { }; }")]
    public async Task Statics_that_keep_the_plugin_loaded_are_found(string member) => Assert.Equal(["TEL004"], await AnalyzeAsync(member));

    [Theory]
    [InlineData("Timer t;")]
    [InlineData("static readonly int[] t = [1];")]
    [InlineData("static Task M() => Task.CompletedTask;")]
    [InlineData("static Timer T => null;")]
    [InlineData("static event Action Own; void M() { Own += () => { }; Own(); }")]
    public async Task Other_members_are_fine(string member) => Assert.Empty(await AnalyzeAsync(member));

    private static Task<IReadOnlyList<string>> AnalyzeAsync(string member) => Snippet.AnalyzeAsync($"class C {{ {member} }}", Token);
}
