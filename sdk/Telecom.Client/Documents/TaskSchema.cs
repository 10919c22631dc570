using System.Text.Json;

namespace Telecom.Client.Documents;

/// <summary>JSON Schemas (2020-12) of one task.</summary>
/// <param name="Task">Task id.</param>
/// <param name="Request">Schema of one request.</param>
/// <param name="Response">Schema of the output of one answer.</param>
/// <param name="Example">A request that works.</param>
public sealed record TaskSchema(string Task, JsonElement Request, JsonElement Response, JsonElement Example);
