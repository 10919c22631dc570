namespace Telecom.Host.Access;

/// <summary>Who sent a request.</summary>
/// <param name="Id">Stable and without secrets: the id of a key, or <c>jwt:</c> and the subject of a token.</param>
/// <param name="Name">For people.</param>
/// <param name="Scopes">What he may do.</param>
/// <param name="RowsPerDay">Rows that he may ask for in a day; null for any number.</param>
/// <param name="Budget">What he used; null for a caller without limits.</param>
internal sealed record Caller(string Id, string Name, Scopes Scopes, long? RowsPerDay, CallerBudget? Budget)
{
    /// <summary>Whoever did not say who he is, where that is allowed: he reads and predicts.</summary>
    public static Caller Anonymous { get; } = new("anonymous", "anonymous", Scopes.Read | Scopes.Predict, null, null);

    /// <summary>Whose fair share of the lanes his requests are counted for; null for strangers, who are told apart by what they ask for.</summary>
    public string? Client => ReferenceEquals(this, Anonymous) ? null : Id;

    /// <returns>The caller of a request that was let in.</returns>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? Anonymous;
}
