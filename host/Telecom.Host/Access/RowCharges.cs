using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Counts rows for whoever asks for them.</summary>
internal static class RowCharges
{
    private const long DaySeconds = 86_400;

    /// <summary>Counts the rows of a request before it is answered; what is refused later stays counted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rows">Its rows.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.RateLimited"/>: more than are left of the day; none is counted.</exception>
    public static void Charge(HttpContext context, int rows)
    {
        var caller = Caller.Of(context);
        if (caller.Budget?.Rows is not { } quota || quota.TryTake(rows, caller.RowsPerDay))
        {
            return;
        }

        var resetsAt = quota.ResetsAt;
        Refusals.SetLimit(
            context.Response, "rows", caller.RowsPerDay!.Value, DaySeconds, resetsAt - context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        throw new TelecomException(
            ErrorCode.RateLimited,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{caller.Name}' may ask for {caller.RowsPerDay} rows a day and asked for {quota.Used} of them; this request has {rows} more. The next day begins at {resetsAt:u}."));
    }
}
