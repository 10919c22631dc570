using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Plugins.Abr.Tests.Contracts;

public sealed class AbrTensorsTests
{
    private static readonly AbrTensors View = new();

    [Fact]
    public void Rows_become_requests_in_order()
    {
        var requests = View.Read(Inputs());

        Assert.Equal([(3, 1, 5.0, 2), (4, 0, 12.5, 1)], requests.Select(request => (request.Chunk, request.LastLevel, request.BufferSeconds, request.Played.Length)));
        Assert.Equal(400_000, requests[1].Played.Span[0].SizeBytes);
        Assert.All(requests, request => Assert.Equal((2, 5), (request.Video.Levels, request.Video.Chunks)));
        Assert.Equal([20, 200], requests[0].Video.SizesBytes(1).ToArray());
        Assert.Equal([21, 201], requests[1].Video.SizesBytes(1).ToArray());
    }

    [Fact]
    public void Answers_become_rows()
    {
        var outputs = View.Write([Decision(3, 1850), Decision(0, 300)]);

        Assert.Equal(View.Signature.Outputs.Select(spec => spec.Name), outputs.Select(output => output.Name));
        Assert.Equal([3, 0], (int[])outputs[0].Data);
        Assert.Equal([1850, 300], (double[])outputs[1].Data);
        Assert.All(outputs, output => Assert.Equal([2, 1], output.Shape));
    }

    [Theory]
    [InlineData(0, 0, "/chunk_index/1")]
    [InlineData(1, 7, "/last_level/1")]
    [InlineData(2, -1, "/buffer_seconds/1")]
    [InlineData(3, -1, "/history/1/0/sizeBytes")]
    [InlineData(4, -1, "/ladder_kbps/1/0")]
    [InlineData(5, 0, "/sizes_bytes/1")]
    public void A_wrong_value_is_refused_by_tensor_and_row(int input, int value, string pointer)
    {
        var inputs = Inputs();
        var data = inputs[input].Data;
        var at = input == 3 ? 6 : data.Length / 2;
        if (data is int[] whole)
        {
            whole[at] = value;
        }
        else
        {
            ((double[])data)[at] = value;
        }

        var exception = Assert.Throws<InvalidInputException>(() => View.Read(inputs));

        Assert.Contains(exception.Errors, error => error.Pointer == pointer);
    }

    private static AbrDecision Decision(int level, double kbps) => new() { Level = level, BitrateKbps = kbps, Policy = "test" };

    // Two rows, two levels, five chunks; the second row has one download and a row of zeros before it.
    private static TensorValue[] Inputs() =>
    [
        new("chunk_index", [2, 1], new[] { 3, 4 }),
        new("last_level", [2, 1], new[] { 1, 0 }),
        new("buffer_seconds", [2, 1], new[] { 5.0, 12.5 }),
        new("history", [2, 2, 2], new[] { 100_000.0, 500, 200_000, 600, 0, 0, 400_000, 900 }),
        new("ladder_kbps", [2, 2], new[] { 300.0, 900, 400, 1000 }),
        new("sizes_bytes", [2, 2, 5], new[] { 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 11, 21, 31, 41, 51, 101, 201, 301, 401, 501 }),
    ];
}
