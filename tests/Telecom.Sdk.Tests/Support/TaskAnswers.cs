using System.Buffers;
using System.Text;
using System.Text.Json;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Tests.Support;

/// <summary>Sends one JSON request through codec and default method, without a host.</summary>
internal static class TaskAnswers
{
    public static string Answer(this TaskDefinition task, string request) => task.Accept(new Round(Encoding.UTF8.GetBytes(request)));

    private sealed class Round(byte[] request) : ITaskVisitor<string>
    {
        public string Visit<TIn, TOut>(TaskDefinition<TIn, TOut> task)
            where TIn : class
            where TOut : class
        {
            TIn[] batch = [task.Codec.Read(request)];
            var results = new TOut[1];
            task.MethodDefinition(task.DefaultMethod.Id).Analytic!.Predict(batch, results);
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                task.Codec.Write(writer, results[0]);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }
}
