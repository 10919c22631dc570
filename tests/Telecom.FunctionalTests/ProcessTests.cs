using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>The executable as its users start and stop it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-process-");
    private readonly List<Process> processes = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_verb_it_serves_until_it_is_told_to_stop()
    {
        SkipWithoutSignals();
        var process = Start("--urls", "http://127.0.0.1:0");
        var listening = await process.StandardOutput.ReadLineAsync(Token);
        var curl = await process.StandardOutput.ReadLineAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(listening!.Split(' ')[2]) };
        await client.GetAsync("/health/ready", HttpStatusCode.OK);
        await client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));

        await SignalAsync(process, "TERM");
        var rest = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.StartsWith("Try: curl ", curl, StringComparison.Ordinal);
        Assert.Equal(string.Empty, rest);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Behind_a_proxy_any_host_name_is_served_when_anonymous_callers_are_allowed()
    {
        var process = Start("serve", "--urls", "http://127.0.0.1:0", "--allow-anonymous");
        var listening = await process.StandardOutput.ReadLineAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(listening!.Split(' ')[2]) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tasks");
        request.Headers.Host = "telecom.example";

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Interrupted_training_gives_130_and_is_finished_by_resuming()
    {
        SkipWithoutSignals();
        var bundle = Path.Combine(state.FullName, "bundle");
        string[] arguments = ["train", "viewport", "--method", "network", "--out", bundle, "--set", "epochs=20", "--threads", "1", "--output", "json"];
        var interrupted = Start(arguments);
        while (await interrupted.StandardError.ReadLineAsync(Token) is { } line && !line.Contains("epoch 1/20", StringComparison.Ordinal))
        {
        }

        await SignalAsync(interrupted, "INT");
        var (output, error) = await FinishAsync(interrupted);
        var resumed = Start([.. arguments, "--resume"]);
        var (report, remarks) = await FinishAsync(resumed);

        Assert.True(interrupted.ExitCode == 130, $"Exit code {interrupted.ExitCode}: {error}");
        Assert.Equal(string.Empty, output);
        Assert.Contains("--resume", error, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, remarks);
        Assert.Equal(bundle, JsonDocument.Parse(report).RootElement.GetProperty("bundle").GetString());
        Assert.True(File.Exists(Path.Combine(bundle, "card.json")));
    }

    [Fact]
    public async Task Standard_output_carries_json_alone()
    {
        var process = Start("tasks", "--output", "json");
        var (output, error) = await FinishAsync(process);

        Assert.True(process.ExitCode == 0, error);
        Assert.Contains(
            "viewport", JsonDocument.Parse(output).RootElement.GetProperty("items").EnumerateArray().Select(task => task.GetProperty("id").GetString()));
        Assert.Equal(string.Empty, error);
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

    private static void SkipWithoutSignals()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to another process.");
        Assert.SkipWhen(IgnoresInterrupts(), "The shell that started the tests ignores SIGINT, as for jobs in the background, and children inherit that.");
    }

    private static bool IgnoresInterrupts()
    {
        const string Name = "SigIgn:";
        const ulong Interrupt = 1UL << (2 - 1);
        return File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } ignored
            && (ulong.Parse(ignored.AsSpan(Name.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Token);
    }

    private static async Task<(string Output, string Error)> FinishAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (output, await error);
    }

    private Process Start(params string[] arguments)
    {
        string[] all = [Path.Combine(AppContext.BaseDirectory, "telecom.dll"), .. arguments, "--state", state.FullName];
        var start = new ProcessStartInfo("dotnet", all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = state.FullName,
        };
        var process = Process.Start(start)!;
        processes.Add(process);
        return process;
    }
}
