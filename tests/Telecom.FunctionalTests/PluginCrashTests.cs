using System.Diagnostics;
using System.Net;
using System.Text;
using Telecom.Host.Access;

namespace Telecom.FunctionalTests;

/// <summary>A plugin that ends the process it runs in.</summary>
public sealed class PluginCrashTests : IDisposable
{
    private const string Predictions = "/api/v1/tasks/faulty/predictions";

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-crash-");
    private readonly List<Process> processes = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plugin_that_killed_the_process_is_in_quarantine_at_the_next_start_and_the_others_serve()
    {
        var folder = Directory.CreateDirectory(Path.Combine(state.FullName, "user-plugins", "faulty")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", "faulty")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var (first, client) = await StartAsync();
        await client.PostAsync(Predictions, """{"mood":"good"}""");
        using (var content = new StringContent("""{"mood":"die"}""", Encoding.UTF8, "application/json"))
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.PostAsync(new Uri(Predictions, UriKind.Relative), content, Token));
        }

        await first.WaitForExitAsync(Token);
        (_, client) = await StartAsync();

        var refusal = await client.PostAsync(Predictions, """{"mood":"good"}""", HttpStatusCode.ServiceUnavailable);
        Assert.Contains("The process died while its code ran", refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
        await client.PostAsync("/api/v1/plugins/faulty:clear-quarantine", string.Empty);
        await client.PostAsync(Predictions, """{"mood":"good"}""");
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

    private async Task<(Process Process, HttpClient Client)> StartAsync()
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "telecom.dll"), "serve", "--urls", "http://127.0.0.1:0", "--state", state.FullName];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = state.FullName })!;
        processes.Add(process);
        var listening = await process.StandardOutput.ReadLineAsync(Token);
        var key = (await File.ReadAllTextAsync(Path.Combine(state.FullName, BootstrapKey.FileName), Token)).Trim();
        return (process, new HttpClient { BaseAddress = new Uri(listening!.Split(' ')[2]), DefaultRequestHeaders = { { "X-Api-Key", key } } });
    }
}
