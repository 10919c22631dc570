using Telecom.Host.Access;
using Telecom.Runtime;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Answers inference requests.</summary>
internal sealed class InferenceEndpoint(ITelecomRuntime runtime, TaskPlaces places)
{
    public async Task InferAsync(HttpContext context)
    {
        var model = ModelEndpoints.Find(context, runtime);
        using var place = places.Enter(model.Name);
        var request = await ReadAsync(context.Request, model);
        RowCharges.Charge(context, (int)request.Inputs[0].Shape[0]);
        var options = new PredictionOptions
        {
            Method = request.Parameters.Method,
            Adapter = request.Parameters.Adapter,
            Timeout = request.Parameters.Timeout,
            Client = Caller.Of(context).Client,
        };
        var answer = await runtime.Tensors.PredictAsync(model.Name, options, request.Inputs, context.RequestAborted);
        await InferenceAnswer.WriteAsync(context.Response, model, request, answer);
    }

    private static async ValueTask<InferenceRequest> ReadAsync(HttpRequest request, TensorModel model)
    {
        using var body = await InferenceBody.ReadAsync(request);
        return InferenceRequestReader.Read(model, body.Span, InferenceBody.ReadJsonLength(request, body.Length));
    }
}
