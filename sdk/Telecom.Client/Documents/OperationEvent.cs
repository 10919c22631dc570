using System.Text.Json;

namespace Telecom.Client.Documents;

/// <summary>Something that happened to an operation.</summary>
/// <param name="Id">Counts up from 1 within the operation.</param>
/// <param name="Type"><c>progress</c> (<c>percent</c>, <c>stage</c>, <c>done</c>, <c>total</c>), <c>log</c>, and at the end <c>result</c> or <c>error</c>.</param>
/// <param name="Data">Its document.</param>
public sealed record OperationEvent(long Id, string Type, JsonElement Data)
{
    /// <summary>Whether nothing follows.</summary>
    public bool IsLast => Type is "result" or "error";
}
