using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Keys, quotas and the audit trail. All but <see cref="GetMyQuotaAsync"/> needs the scope <c>admin</c>.</summary>
public interface IAccessApi
{
    /// <summary>All keys, also expired and revoked ones, oldest first.</summary>
    /// <param name="prefix">Only keys that begin so, <c>telecom_ID</c> or some of it: never a whole key; null for all.</param>
    /// <param name="limit">Entries of the page, 1 to 500; null for 50.</param>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Get("/api/v1/apikeys")]
    Task<Page<KeyInfo>> ListKeysAsync(string? prefix, int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Makes a key. The answer is the only one that shows it.</summary>
    /// <exception cref="TelecomApiException"><c>invalid_input</c> with the wrong members; <c>forbidden</c>.</exception>
    [Post("/api/v1/apikeys")]
    Task<KeyInfo> CreateKeyAsync([Body] NewKey key, [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>One key.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such key.</exception>
    [Get("/api/v1/apikeys/{id}")]
    Task<KeyInfo> GetKeyAsync(string id, CancellationToken cancellationToken);

    /// <summary>Takes a key back at once; requests that run finish. The key stays in the list.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such key.</exception>
    [Delete("/api/v1/apikeys/{id}")]
    Task RevokeKeyAsync(string id, CancellationToken cancellationToken);

    /// <summary>Who the caller is, what he may do, and how much of it is left.</summary>
    [Get("/api/v1/quotas/me")]
    Task<QuotaInfo> GetMyQuotaAsync(CancellationToken cancellationToken);

    /// <summary>Administrative requests, newest first.</summary>
    [Get("/api/v1/audit")]
    Task<Page<AuditInfo>> ListAuditAsync(int? limit, string? cursor, CancellationToken cancellationToken);
}
