namespace Telecom.Client;

/// <summary>Where the host is and how to talk to it.</summary>
public sealed class TelecomClientOptions
{
    /// <summary>Most retries that can be asked for.</summary>
    public const int MostRetries = 10;

    /// <summary>Address of the host, with the path that a proxy may put before it; absolute, http or https.</summary>
    public Uri Address { get; set; } = new("http://127.0.0.1:5080");

    /// <summary>API key, <c>telecom_&lt;id&gt;_&lt;secret&gt;</c>; null for none. Sent to <see cref="Address"/> only: redirects are not followed.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gives a bearer token for every request, e.g. of an identity provider; null for none. Not together with <see cref="ApiKey"/>.</summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; set; }

    /// <summary>Time of one call with all its retries; above zero, one day at most.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a call is sent again, 0 to <see cref="MostRetries"/>. Only calls that change nothing twice are.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>Wait before the first retry where the host asks for none; doubles with each. Zero or more.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait before a retry: where <c>Retry-After</c> asks for more, the refusal goes to the caller. Zero or more.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);
}
