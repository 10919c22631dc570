using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Telecom.FunctionalTests;

/// <summary>The executable in the language of a country where decimals have a comma says the same bytes as in none.</summary>
public sealed partial class LocaleTests : IDisposable
{
    private const string Neutral = "C";
    private const string German = "de_DE.UTF-8";
    private const string Decimals = """{"samples":[{"t":0,"roll":0.5,"pitch":-12.25,"yaw":1234.5},{"t":0.2,"roll":0,"pitch":-12.5,"yaw":1235.75}],"steps":3}""";

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-locale-");
    private readonly List<Process> processes = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_evaluation_gives_the_same_rows_and_report()
    {
        SkipWithoutCultures();
        var neutral = await EvaluateAsync(Neutral);
        var german = await EvaluateAsync(German);

        Assert.Contains(".", neutral.Rows, StringComparison.Ordinal);
        Assert.Equal(neutral.Rows, german.Rows);
        Assert.Equal(neutral.Report, german.Report);
    }

    [Fact]
    public async Task Generated_data_are_the_same_files()
    {
        SkipWithoutCultures();
        var neutral = await GenerateAsync(Neutral);
        var german = await GenerateAsync(German);

        Assert.NotEmpty(neutral);
        Assert.Equal(neutral, german);
    }

    [Fact]
    public async Task Settings_with_decimals_are_read_alike_and_a_comma_is_no_decimal_point()
    {
        SkipWithoutCultures();
        string[] arguments = ["evaluate", "viewport", "--methods", "hold", "--set", "rate=4,5", "--output", "json"];
        var neutral = await FinishAsync(Start(Neutral, arguments));
        var german = await FinishAsync(Start(German, arguments));

        Assert.Equal(2, neutral.ExitCode);
        Assert.Equal(neutral, german);
    }

    [Fact]
    public async Task A_host_answers_with_the_same_bytes()
    {
        SkipWithoutCultures();
        var neutral = await AskAsync(Neutral);
        var german = await AskAsync(German);

        Assert.Equal(neutral.Select(answer => answer.Address), german.Select(answer => answer.Address));
        foreach (var (one, other) in neutral.Zip(german))
        {
            Assert.True(one.Bytes == other.Bytes, $"{one.Address}:\n{one.Bytes}\n{other.Bytes}");
        }
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        state.Delete(recursive: true);
    }

    private static void SkipWithoutCultures()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The culture of a process is a setting of the user there, not a variable of its environment.");
        Assert.SkipUnless(HasGerman(), "This machine has no data about cultures (ICU).");
    }

    private static bool HasGerman()
    {
        try
        {
            return CultureInfo.GetCultureInfo("de-DE").NumberFormat.NumberDecimalSeparator == ",";
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }

    private async Task<(string Rows, string Report)> EvaluateAsync(string culture)
    {
        var rows = Path.Combine(state.FullName, culture + ".csv");
        var (exitCode, output, error) = await FinishAsync(Start(
            culture, "evaluate", "viewport", "--methods", "hold,linear-regression", "--seed", "3", "--threads", "1", "--rows", rows, "--output", "json"));
        Assert.True(exitCode == 0, error);

        // How long it took is the only thing that may differ.
        return (await File.ReadAllTextAsync(rows, Token), Time().Replace(output, "$1 0"));
    }

    private async Task<List<(string Name, string Text)>> GenerateAsync(string culture)
    {
        var folder = state.CreateSubdirectory("data-" + culture).FullName;
        var (exitCode, _, error) = await FinishAsync(Start(culture, "datasets", "generate", "head-motion", "--out", folder, "--seed", "7"));
        Assert.True(exitCode == 0, error);
        return
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllText(file)))
                .OrderBy(file => file.Item1, StringComparer.Ordinal),
        ];
    }

    private async Task<List<(string Address, string Bytes)>> AskAsync(string culture)
    {
        var host = Start(culture, "serve", "--urls", "http://127.0.0.1:0", "--threads", "1");
        var listening = await host.StandardOutput.ReadLineAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(listening!.Split(' ')[2]) };
        var answers = new List<(string Address, string Bytes)>();
        foreach (var address in (string[])["/api/v1/tasks", "/api/v1/datasets", "/openapi/v1.json", "/openapi/oip.json", "/v2/models/viewport"])
        {
            answers.Add((address, await client.GetStringAsync(new Uri(address, UriKind.Relative), Token)));
        }

        foreach (var method in (string[])["hold", "linear-regression", "network", "adapted"])
        {
            var prediction = await client.PostAsync($"{Http.Predictions}?method={method}", Decimals);
            answers.Add((method, prediction.GetProperty("output").GetRawText()));
            Assert.Matches(@"^\d+(\.\d+)?(E-\d+)?$", prediction.GetProperty("elapsedMs").GetRawText());
        }

        var refusal = await client.PostAsync(Http.Predictions, Decimals.Replace("-12.25", "-92.25", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        answers.Add(("refusal", refusal.GetProperty("detail").GetString() + refusal.GetProperty("errors").GetRawText()));
        answers.Add(("tensors", await InferAsync(client)));
        await AssertMetricsAsync(client);
        return answers;
    }

    private static async Task<string> InferAsync(HttpClient client)
    {
        const string Body = """{"id":"a","inputs":[{"name":"history","shape":[1,2,3],"datatype":"FP32","data":[1.5,2.25,3.125,10.5,20.25,30.125]}]}""";
        using var content = new StringContent(Body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v2/models/viewport/infer", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    // Values and bounds of buckets: times differ, their form must not.
    private static async Task AssertMetricsAsync(HttpClient client)
    {
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var samples = lines.Where(line => !line.StartsWith('#')).ToList();

        Assert.Contains(samples, line => line.Contains("le=\"0.0005\"", StringComparison.Ordinal));
        Assert.All(samples, line => Assert.Matches(@"[}\w] [-+]?(\d+(\.\d+)?([eE][-+]?\d+)?|Inf|NaN)( \d+(\.\d+)?)?\r?$", line));
    }

    private static async Task<(int ExitCode, string Output, string Error)> FinishAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output, await error);
    }

    private Process Start(string culture, params string[] arguments)
    {
        string[] all = [Path.Combine(AppContext.BaseDirectory, "telecom.dll"), .. arguments, "--state", Path.Combine(state.FullName, culture)];
        var start = new ProcessStartInfo("dotnet", all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = state.FullName,
        };
        start.Environment["LC_ALL"] = culture;
        start.Environment["Serving__MaxQueueDelayMs"] = "1";
        var process = Process.Start(start)!;
        processes.Add(process);
        return process;
    }

    [GeneratedRegex("(\"microsecondsPerCase\":) [0-9.E+-]+")]
    private static partial Regex Time();
}
