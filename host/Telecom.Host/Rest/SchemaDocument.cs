using System.Text.Json.Nodes;

namespace Telecom.Host.Rest;

/// <summary>JSON Schemas of one task.</summary>
/// <param name="Task">Task id.</param>
/// <param name="Request">Schema of one request.</param>
/// <param name="Response">Schema of <c>output</c> in an answer.</param>
/// <param name="Example">A request that works.</param>
internal sealed record SchemaDocument(string Task, JsonNode Request, JsonNode Response, JsonNode Example);
