using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class RestartJournalTests : IDisposable
{
    private static readonly JournalEntry First = new("first", new string('a', 64));
    private static readonly JournalEntry Second = new("second", new string('b', 64));

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-journal-");

    [Fact]
    public void A_process_that_ends_in_good_order_leaves_nothing()
    {
        using (var journal = RestartJournal.Start(root.FullName, out _))
        {
            journal.Add(First)!.Open();
        }

        Assert.Empty(root.EnumerateFiles());
    }

    [Fact]
    public void Whose_code_ran_when_the_process_died_is_told_once()
    {
        Leave(journal =>
        {
            journal.Add(First)!.Open();
            var second = journal.Add(Second)!;
            second.Open();
            second.Close();
        });

        using var next = RestartJournal.Start(root.FullName, out var suspects);
        Assert.Equal([First], suspects);
        using var later = RestartJournal.Start(root.FullName, out var again);
        Assert.Empty(again);
    }

    [Fact]
    public void The_journal_of_a_process_that_runs_is_left_alone()
    {
        using var running = RestartJournal.Start(root.FullName, out _);
        running.Add(First)!.Open();

        using var other = RestartJournal.Start(root.FullName, out var suspects);

        Assert.Empty(suspects);
    }

    [Fact]
    public async Task A_version_that_killed_the_process_waits_longer_each_time_and_another_version_does_not()
    {
        await using var host = await LifecycleHost.StartAsync(
            sandbox =>
            {
                var switches = PluginSwitches.Open(sandbox.State);
                var entry = new JournalEntry("affine", PluginFingerprint.Compute(Path.Combine(sandbox.Plugins, "affine")));
                switches.AddCrash(entry);
                switches.AddCrash(entry);
            },
            "affine");

        var record = Assert.Single(host.Catalog.Plugins);
        Assert.Equal(PluginState.Quarantined, record.State);
        Assert.Contains("(2 times in a row). It is tried again in 120 s", record.Reason, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.PluginUnavailable, (await Assert.ThrowsAsync<TelecomException>(() => host.AskAsync())).Code);

        host.Time.Advance(TimeSpan.FromSeconds(119));
        await host.Lifecycle.ScanAsync();
        Assert.Equal(PluginState.Quarantined, Assert.Single(host.Catalog.Plugins).State);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Lifecycle.ScanAsync();
        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
    }

    [Fact]
    public async Task Another_version_of_a_plugin_that_killed_the_process_is_not_concerned()
    {
        await using var host = await LifecycleHost.StartAsync(
            sandbox => PluginSwitches.Open(sandbox.State).AddCrash(new("affine", new string('0', 64))), "affine");

        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
    }

    public void Dispose() => root.Delete(recursive: true);

    // A journal as a killed process leaves it: the file with its content, and nobody who holds it.
    private void Leave(Action<RestartJournal> run)
    {
        var copy = Path.Combine(root.FullName, "copy");
        using (var journal = RestartJournal.Start(root.FullName, out _))
        {
            run(journal);
            journal.CopyTo(copy);
        }

        File.Move(copy, Path.Combine(root.FullName, "dead.journal"));
    }
}
