using System.Text.Json.Serialization;
using Telecom.Host.Documents;

namespace Telecom.Host.Access;

/// <summary>JSON metadata of keys, quotas and the audit trail.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NewKeyDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(CreatedKeyDocument))]
[JsonSerializable(typeof(ItemsDocument<KeyDocument>))]
[JsonSerializable(typeof(PageDocument<KeyDocument>))]
[JsonSerializable(typeof(PageDocument<AuditDocument>))]
[JsonSerializable(typeof(AuditDocument))]
[JsonSerializable(typeof(QuotaDocument))]
internal sealed partial class AccessJson : JsonSerializerContext;
