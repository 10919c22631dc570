using System.Collections.Concurrent;
using System.Collections.Frozen;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>What every caller used, kept in memory and written behind the requests.</summary>
internal sealed class CallerLedger(AccessSettings settings, AccessStore store, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, CallerBudget> budgets = new(StringComparer.Ordinal);
    private FrozenDictionary<string, long> stored = FrozenDictionary<string, long>.Empty;
    private DateOnly day;

    /// <summary>Reads what callers used today before the host started.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        day = Today();
        stored = (await store.ListRowsAsync(day, cancellationToken)).ToFrozenDictionary(row => row.Caller, row => row.Rows, StringComparer.Ordinal);
    }

    /// <returns>The budget of a caller.</returns>
    public CallerBudget Of(string id) => budgets.TryGetValue(id, out var budget) ? budget : budgets.GetOrAdd(id, Create);

    /// <summary>Writes what was used since the last call, and forgets callers that nothing is known of but their names.</summary>
    /// <exception cref="Sdk.Errors.TelecomException">The store failed; the next call tries again.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        var uses = new List<(string Id, DateTimeOffset At)>();
        var rows = new List<DailyRows>();
        foreach (var (id, budget) in budgets)
        {
            if (budget.TakeLastUsed() is { } at)
            {
                uses.Add((id, at));
            }

            if (budget.Rows.TakeUnsaved() is { Rows: > 0 } used)
            {
                rows.Add(new() { Caller = id, Day = used.Day, Rows = used.Rows });
            }
        }

        if (uses.Count > 0 || rows.Count > 0)
        {
            await SaveAsync(uses, rows, cancellationToken);
        }

        Forget();
    }

    private async Task SaveAsync(List<(string Id, DateTimeOffset At)> uses, List<DailyRows> rows, CancellationToken cancellationToken)
    {
        try
        {
            await store.SaveUsageAsync(uses, rows, cancellationToken);
        }
        catch
        {
            uses.ForEach(use => budgets[use.Id].ForgetSaved());
            rows.ForEach(row => budgets[row.Caller].Rows.PutBack(row.Day, row.Rows));
            throw;
        }
    }

    // Budgets of keys belong to their keys; those of tokens would pile up with the subjects that an identity provider knows.
    private void Forget()
    {
        var since = time.GetUtcNow() - Remembered;
        foreach (var (id, budget) in budgets)
        {
            if (id.StartsWith(TokenVerifier.CallerStart, StringComparison.Ordinal) && budget.LastUsed < since)
            {
                budgets.TryRemove(id, out _);
            }
        }
    }

    private CallerBudget Create(string id)
    {
        var today = Today();
        var used = today == day ? stored.GetValueOrDefault(id) : 0;
        return new(new TokenBucket(settings.RequestsPerSecond, settings.Burst, time), new RowQuota(time, today, used));
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
