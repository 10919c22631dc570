using System.Text.Json.Serialization;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Training;

namespace Telecom.Host.Documents;

/// <summary>JSON metadata of everything that command line and REST write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ItemsDocument<TaskDocument>))]
[JsonSerializable(typeof(PageDocument<TaskDocument>))]
[JsonSerializable(typeof(ItemsDocument<DatasetDocument>))]
[JsonSerializable(typeof(PageDocument<DatasetDocument>))]
[JsonSerializable(typeof(TaskDocument))]
[JsonSerializable(typeof(PluginDocument))]
[JsonSerializable(typeof(ItemsDocument<PluginDocument>))]
[JsonSerializable(typeof(PageDocument<PluginDocument>))]
[JsonSerializable(typeof(PageDocument<PluginEventDocument>))]
[JsonSerializable(typeof(ItemsDocument<ModelRecord>))]
[JsonSerializable(typeof(PageDocument<ModelRecord>))]
[JsonSerializable(typeof(AdapterRecord))]
[JsonSerializable(typeof(PageDocument<AdapterRecord>))]
[JsonSerializable(typeof(TrainingReport))]
[JsonSerializable(typeof(AdapterDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(FolderDocument))]
[JsonSerializable(typeof(CheckpointProblemsDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(PackReport))]
[JsonSerializable(typeof(BenchDocument))]
internal sealed partial class HostJson : JsonSerializerContext;
