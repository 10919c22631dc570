using System.Globalization;
using Telecom.Jobs.Storage;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Rest;

/// <summary>Query parameters of the addresses of predictions.</summary>
internal static class PredictionQueryString
{
    /// <summary>Longest time that a caller may give.</summary>
    public const int LongestTimeoutMs = 600_000;

    /// <summary>How a prediction is asked for: <c>method</c>, <c>adapter</c>, <c>session</c> and <c>timeoutMs</c>.</summary>
    /// <exception cref="Sdk.Errors.TelecomException">No such method, or a parameter that cannot be read.</exception>
    public static PredictionOptions ReadOptions(IQueryCollection parameters, TaskDefinition task)
    {
        var errors = new InputErrors();
        int? timeoutMs = QueryParameters.Text(parameters, "timeoutMs", errors) is null ? null : QueryParameters.Integer(parameters, "timeoutMs", LongestTimeoutMs, errors);
        if (timeoutMs is < 1 or > LongestTimeoutMs)
        {
            errors.Add("/timeoutMs", string.Create(CultureInfo.InvariantCulture, $"must be from 1 to {LongestTimeoutMs}, but is {timeoutMs}."));
        }

        var options = new PredictionOptions
        {
            Method = parameters["method"] is [{ Length: > 0 } method] ? task.Method(method).Id : null,

            // Without a name after it, "adapter=" names an adapter that does not exist rather than none.
            Adapter = QueryParameters.Text(parameters, "adapter", errors) ?? (parameters.ContainsKey("adapter") ? string.Empty : null),
            Session = QueryParameters.Text(parameters, "session", errors) ?? (parameters.ContainsKey("session") ? string.Empty : null),
            Timeout = timeoutMs is { } given ? TimeSpan.FromMilliseconds(given) : null,
        };
        errors.ThrowIfAny();
        return options;
    }

    /// <summary>The filter of the list of stored predictions.</summary>
    /// <exception cref="Sdk.Errors.InvalidInputException">Names every parameter that cannot be read.</exception>
    public static PredictionQuery Read(IQueryCollection parameters)
    {
        var errors = new InputErrors();
        var query = new PredictionQuery
        {
            Task = QueryParameters.Text(parameters, "task", errors),
            Method = QueryParameters.Text(parameters, "method", errors),
            JobId = QueryParameters.Id(parameters, "jobId", errors),
            From = QueryParameters.Time(parameters, "from", errors),
            To = QueryParameters.Time(parameters, "to", errors),
            Limit = QueryParameters.Integer(parameters, "limit", PredictionQuery.DefaultLimit, errors),
            Cursor = QueryParameters.Text(parameters, "cursor", errors),
        };
        errors.ThrowIfAny();
        return query;
    }
}
