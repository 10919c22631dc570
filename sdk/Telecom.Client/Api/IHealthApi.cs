using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Whether the process answers, and whether it can work. Never asked twice: the answer is about now.</summary>
public interface IHealthApi
{
    /// <summary>The process answers.</summary>
    [Get("/health/live")]
    Task<LiveReport> GetLiveAsync(CancellationToken cancellationToken);

    /// <summary>Native library, base, plugins and store; a host that is not ready says why instead of failing.</summary>
    [Get("/health/ready")]
    Task<ReadyReport> GetReadyAsync(CancellationToken cancellationToken);
}
