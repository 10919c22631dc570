using Microsoft.Extensions.Options;

namespace Telecom.Client;

/// <summary>Refuses options that could only fail later.</summary>
internal sealed class TelecomClientOptionsValidator : IValidateOptions<TelecomClientOptions>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, TelecomClientOptions options)
    {
        var failures = new List<string>();
        if (options.Address is not { IsAbsoluteUri: true } || options.Address.Scheme is not ("http" or "https"))
        {
            failures.Add($"Address must be an absolute http or https address, but is '{options.Address}'.");
        }

        if (options.ApiKey is not null && options.TokenProvider is not null)
        {
            failures.Add("ApiKey and TokenProvider are both set: one of them names the caller.");
        }

        // The key itself is not quoted: messages end in logs.
        if (options.ApiKey is { } key && (key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            failures.Add("ApiKey must be visible ASCII characters without spaces.");
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
        {
            failures.Add($"Timeout must be above zero and at most {LongestTimeout}, but is {options.Timeout}.");
        }

        if (options.MaxRetries is < 0 or > TelecomClientOptions.MostRetries)
        {
            failures.Add($"MaxRetries must be from 0 to {TelecomClientOptions.MostRetries}, but is {options.MaxRetries}.");
        }

        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > LongestTimeout
            || options.MaxRetryDelay < TimeSpan.Zero || options.MaxRetryDelay > LongestTimeout)
        {
            failures.Add($"RetryDelay and MaxRetryDelay must be from 0 to {LongestTimeout}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
