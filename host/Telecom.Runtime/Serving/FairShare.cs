namespace Telecom.Runtime.Serving;

/// <summary>
/// Virtual token counters (Sheng et al., "Fairness in Serving Large Language Models", 2024): a client's counter grows with the tokens that are
/// computed for it, and the client with the smallest is served next. Who comes, or comes back, is lifted to the smallest counter of those who wait,
/// or to that of the last who did, so that idling earns nothing. Two clients that always have something waiting differ by at most 2 w_out times the
/// tokens of one batch.
/// </summary>
internal sealed class FairShare
{
    /// <summary>Cost of a token that a client sent.</summary>
    public const int InputWeight = 1;

    /// <summary>Cost of a token that was generated for it.</summary>
    public const int OutputWeight = 2;

    private const int MaxRemembered = 1024;

    private readonly Dictionary<string, Account> accounts = new(StringComparer.Ordinal);
    private Account lastWaiting = new();

    /// <summary>Clients with requests that wait.</summary>
    public int Waiting { get; private set; }

    public long Counter(string client) => accounts.TryGetValue(client, out var account) ? account.Counter : 0;

    /// <returns>Requests of a client that wait.</returns>
    public int Requests(string client) => accounts.TryGetValue(client, out var account) ? account.Requests : 0;

    /// <summary>Counts a request that begins to wait.</summary>
    public void Enter(string client)
    {
        if (!accounts.TryGetValue(client, out var account))
        {
            accounts.Add(client, account = new Account());
        }

        if (account.Requests++ > 0)
        {
            return;
        }

        var floor = Waiting == 0
            ? lastWaiting.Counter
            : accounts.Values.Where(other => other.Requests > 0 && other != account).Min(other => other.Counter);
        Waiting++;
        account.Counter = Math.Max(account.Counter, floor);

        if (accounts.Count > MaxRemembered)
        {
            Forget(floor);
        }
    }

    /// <summary>Counts a request that waits no longer.</summary>
    public void Leave(string client)
    {
        var account = accounts[client];
        if (--account.Requests == 0)
        {
            Waiting--;
            lastWaiting = account;
        }
    }

    /// <summary>Counts tokens that were computed.</summary>
    public void Charge(string client, long inputTokens, long outputTokens)
    {
        if (accounts.TryGetValue(client, out var account))
        {
            account.Counter += (InputWeight * inputTokens) + (OutputWeight * outputTokens);
        }
    }

    // Who is at the floor or below it would be lifted there anyway.
    private void Forget(long floor)
    {
        foreach (var (name, account) in accounts.Where(pair => pair.Value.Requests == 0 && pair.Value.Counter <= floor))
        {
            accounts.Remove(name);
        }
    }

    private sealed class Account
    {
        public long Counter { get; set; }

        public int Requests { get; set; }
    }
}
