using Telecom.Jobs.Storage;

namespace Telecom.Jobs.Tests.Storage;

public sealed class AccessStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 3, 1);

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder.File("telecom.db");

    [Fact]
    public async Task Keys_come_back_as_they_were_added_also_after_reopening()
    {
        var full = Key("full") with { ExpiresAt = Start.AddDays(1), RowsPerDay = 1000 };
        await using (var first = TelecomStore.Open(File))
        {
            await first.Access.AddKeyAsync(full, null, Token);
            await first.Access.AddKeyAsync(Key("bare") with { CreatedAt = Start.AddSeconds(1) }, null, Token);
        }

        await using var store = TelecomStore.Open(File);
        var keys = await store.Access.ListKeysAsync(Token);

        Assert.Equal(["full", "bare"], keys.Select(key => key.Id));
        Assert.Equal(full.SecretHash.ToArray(), keys[0].SecretHash.ToArray());
        Assert.Equal(full with { SecretHash = keys[0].SecretHash }, keys[0]);
    }

    [Fact]
    public async Task Revoking_keeps_the_first_time_and_tells_whether_there_is_such_a_key()
    {
        await using var store = TelecomStore.Open(File);
        await store.Access.AddKeyAsync(Key("a"), null, Token);

        Assert.True(await store.Access.RevokeKeyAsync("a", Start.AddHours(1), null, Token));
        Assert.True(await store.Access.RevokeKeyAsync("a", Start.AddHours(2), null, Token));
        Assert.False(await store.Access.RevokeKeyAsync("b", Start, null, Token));

        Assert.Equal(Start.AddHours(1), Assert.Single(await store.Access.ListKeysAsync(Token)).RevokedAt);
    }

    [Fact]
    public async Task Rows_of_a_day_add_up_over_stores_and_the_latest_use_counts()
    {
        await using var store = TelecomStore.Open(File);
        await using var other = TelecomStore.Open(File);
        await store.Access.AddKeyAsync(Key("a"), null, Token);

        await store.Access.SaveUsageAsync([("a", Start.AddSeconds(9))], [Rows("a", Today, 3)], Token);
        await other.Access.SaveUsageAsync([("a", Start.AddSeconds(5)), ("gone", Start)], [Rows("a", Today, 4), Rows("jwt:b", Today, 1)], Token);

        Assert.Equal(Start.AddSeconds(9), Assert.Single(await store.Access.ListKeysAsync(Token)).LastUsedAt);
        var rows = await store.Access.ListRowsAsync(Today, Token);
        Assert.Equal([("a", 7L), ("jwt:b", 1L)], rows.OrderBy(row => row.Caller, StringComparer.Ordinal).Select(row => (row.Caller, row.Rows)));
    }

    [Fact]
    public async Task Rows_older_than_a_month_are_forgotten()
    {
        await using var store = TelecomStore.Open(File);
        await store.Access.SaveUsageAsync([], [Rows("a", Today.AddDays(-32), 3), Rows("a", Today.AddDays(-31), 5)], Token);

        await store.Access.SaveUsageAsync([], [Rows("a", Today, 1)], Token);

        Assert.Empty(await store.Access.ListRowsAsync(Today.AddDays(-32), Token));
        Assert.Equal(5, Assert.Single(await store.Access.ListRowsAsync(Today.AddDays(-31), Token)).Rows);
    }

    [Fact]
    public async Task The_audit_trail_is_read_newest_first_in_pages()
    {
        await using var store = TelecomStore.Open(File);
        for (var i = 0; i < 5; i++)
        {
            await store.Access.AddAuditAsync(Note($"action-{i}"), Token);
        }

        var first = await store.Access.ListAuditAsync(3, null, Token);
        var second = await store.Access.ListAuditAsync(3, first.Next, Token);

        Assert.Equal(["action-4", "action-3", "action-2"], first.Items.Select(entry => entry.Action));
        Assert.Equal(["action-1", "action-0"], second.Items.Select(entry => entry.Action));
        Assert.Null(second.Next);
        Assert.Equal(Note("action-0") with { Sequence = 1 }, second.Items[1]);
    }

    [Fact]
    public async Task A_page_that_ends_with_the_trail_names_no_next_one()
    {
        await using var store = TelecomStore.Open(File);
        await store.Access.AddAuditAsync(Note("only"), Token);

        Assert.Null((await store.Access.ListAuditAsync(1, null, Token)).Next);
    }

    [Fact]
    public async Task A_key_and_the_note_about_it_are_written_together()
    {
        await using var store = TelecomStore.Open(File);

        await store.Access.AddKeyAsync(Key("a"), Note("createKey"), Token);
        await store.Access.RevokeKeyAsync("a", Start, Note("revokeKey"), Token);
        await store.Access.RevokeKeyAsync("b", Start, Note("revokeKey"), Token);

        Assert.Equal(["revokeKey", "createKey"], (await store.Access.ListAuditAsync(9, null, Token)).Items.Select(entry => entry.Action));
    }

    public void Dispose() => folder.Dispose();

    private static StoredKey Key(string id) => new()
    {
        Id = id,
        Name = $"name of {id}",
        Scopes = "read predict",
        SecretHash = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(),
        CreatedAt = Start,
    };

    private static DailyRows Rows(string caller, DateOnly day, long rows) => new() { Caller = caller, Day = day, Rows = rows };

    private static AuditEntry Note(string action) =>
        new() { At = Start, Caller = "a", CallerName = "name", Action = action, Target = "/x", Status = 200, TraceId = "0af7" };
}
