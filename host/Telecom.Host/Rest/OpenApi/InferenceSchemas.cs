using System.Text.Json.Nodes;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Bodies of inference requests, which are read and written without documents, and examples in the numbers of a model y = 2x + 1.</summary>
internal static class InferenceSchemas
{
    public const string RequestExample = """{"id":"a","inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,-2.5,0,0.5]}]}""";

    public const string ResponseExample = """
        {"model_name":"affine","model_version":"1","id":"a","outputs":[{"name":"y","shape":[1,4],"datatype":"FP32","data":[3,-4,1,2]},
        {"name":"s","shape":[1],"datatype":"FP64","data":[-1]}]}
        """;

    public const string Model = """
        {"name":"affine","versions":["1"],"platform":"telecom_torchsharp","inputs":[{"name":"x","datatype":"FP32","shape":[-1,4]}],
        "outputs":[{"name":"y","datatype":"FP32","shape":[-1,4]},{"name":"s","datatype":"FP64","shape":[-1]}]}
        """;

    public const string Statistics = """
        {"model_stats":[{"name":"affine","version":"1","last_inference":1772366400000,"inference_count":9,"execution_count":1,
        "inference_stats":{"success":{"count":2,"ns":2000000},"fail":{"count":0,"ns":0},"queue":{"count":2,"ns":1000000},
        "compute_input":{"count":2,"ns":100000},"compute_infer":{"count":2,"ns":800000},"compute_output":{"count":2,"ns":100000}},
        "batch_stats":[{"batch_size":9,"compute_infer":{"count":1,"ns":400000}}]}]}
        """;

    private const string Datatype = """
        {"type":"string","enum":["BOOL","UINT8","UINT16","UINT32","UINT64","INT8","INT16","INT32","INT64","FP16","BF16","FP32","FP64","BYTES"],
        "description":"FP16 and BF16 in binary form only."}
        """;

    private const string Shape = """{"type":"array","items":{"type":"integer"},"description":"Row-major; the first dimension counts rows."}""";

    private const string Data = """{"type":"array","description":"Row-major, flat or nested as the shape; absent in binary form.","items":{}}""";

    private const string RequestText = """
        {"type":"object","required":["inputs"],"properties":{
          "id":{"type":"string","description":"Given back in the answer."},
          "parameters":{"type":"object","properties":{
            "method":{"type":"string","description":"Method that answers; the task's default without it."},
            "adapter":{"type":"string","description":"Adapter that answers, NAME or NAME@VERSION."},
            "timeout":{"type":"integer","description":"Microseconds in which an answer is of use."},
            "binary_data_output":{"type":"boolean","description":"Whether all outputs are wanted in binary form."}}},
          "inputs":{"type":"array","minItems":1,"items":{"type":"object","required":["name","shape","datatype"],"properties":{
            "name":{"type":"string"},"shape":"@shape","datatype":"@datatype",
            "parameters":{"type":"object","properties":{"binary_data_size":{"type":"integer","description":"Bytes of this tensor behind the JSON."}}},
            "data":"@data"}}},
          "outputs":{"type":"array","description":"Outputs that are wanted, in this order; all without it.","items":{"type":"object","required":["name"],
            "properties":{"name":{"type":"string"},"parameters":{"type":"object","properties":{"binary_data":{"type":"boolean"}}}}}}}}
        """;

    private const string ResponseText = """
        {"type":"object","required":["model_name","model_version","outputs"],"properties":{
          "model_name":{"type":"string"},"model_version":{"type":"string"},"id":{"type":"string"},
          "outputs":{"type":"array","items":{"type":"object","required":["name","shape","datatype"],"properties":{
            "name":{"type":"string"},"shape":"@shape","datatype":"@datatype",
            "parameters":{"type":"object","properties":{"binary_data_size":{"type":"integer"}}},"data":"@data"}}}}}
        """;

    public static JsonObject Request => Complete(RequestText);

    public static JsonObject Response => Complete(ResponseText);

    private static JsonObject Complete(string text) => JsonNode.Parse(text
        .Replace("\"@shape\"", Shape, StringComparison.Ordinal)
        .Replace("\"@datatype\"", Datatype, StringComparison.Ordinal)
        .Replace("\"@data\"", Data, StringComparison.Ordinal))!.AsObject();
}
