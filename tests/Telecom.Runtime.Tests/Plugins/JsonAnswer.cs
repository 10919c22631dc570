using System.Buffers;
using System.Text;
using System.Text.Json;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Tests.Plugins;

/// <summary>Answers one JSON request with the default analytic method of a task whose types the test does not know.</summary>
internal sealed class JsonAnswer(string request) : ITaskVisitor<string>
{
    public string Visit<TIn, TOut>(TaskDefinition<TIn, TOut> task)
        where TIn : class
        where TOut : class
    {
        TIn[] batch = [task.Codec.Read(Encoding.UTF8.GetBytes(request))];
        var answers = new TOut[1];
        task.MethodDefinition(task.DefaultMethod.Id).Analytic!.Predict(batch, answers);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            task.Codec.Write(writer, answers[0]);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
