using Polly.Timeout;

namespace Telecom.Client.Resilience;

/// <summary>Says in the words of .NET that a call took too long.</summary>
internal sealed class TimeoutHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new TimeoutException(
                $"{request.Method} {request.RequestUri} has no answer after {exception.Timeout}: the option Timeout sets how long a call may take.",
                exception);
        }
    }
}
