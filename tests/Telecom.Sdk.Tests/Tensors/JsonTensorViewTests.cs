using System.Text;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Tensors;

public sealed class JsonTensorViewTests
{
    private static readonly ITensorView<RouteRequest, RouteAnswer> View = RouteTask.Definition.TensorView;

    [Fact]
    public void Signature_is_one_BYTES_tensor_each_way()
    {
        var (input, output) = (Assert.Single(View.Signature.Inputs), Assert.Single(View.Signature.Outputs));

        Assert.Equal(("request", TensorDataType.Bytes), (input.Name, input.DataType));
        Assert.Equal(("answer", TensorDataType.Bytes), (output.Name, output.DataType));
        Assert.Equal([-1], input.Shape);
        Assert.Equal([-1], output.Shape);
    }

    [Fact]
    public void Rows_come_in_and_go_out_in_order()
    {
        var requests = View.Read([Input("""{"name":"a","hops":[]}""", """{"name":"é","hops":[{"delayMs":1,"load":0}]}""")]);

        Assert.Equal([("a", 0), ("é", 1)], requests.Select(request => (request.Name, request.Hops.Count)));

        var answers = Assert.Single(View.Write([new() { Hops = 0, Name = "a" }, new() { Hops = 1, Name = "b" }]));

        Assert.Equal("answer", answers.Name);
        Assert.Equal([2], answers.Shape);
        Assert.Equal(["""{"hops":0,"name":"a"}""", """{"hops":1,"name":"b"}"""], ((byte[][])answers.Data).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void No_rows_give_no_rows()
    {
        Assert.Empty(View.Read([Input()]));

        var answers = Assert.Single(View.Write([]));
        Assert.Equal([0], answers.Shape);
        Assert.Empty(answers.Data);
    }

    [Fact]
    public void Wrong_row_is_named_before_its_member()
    {
        var input = Input("""{"name":"a","hops":[]}""", """{"name":"a","hops":[{"load":0}]}""");

        var exception = Assert.Throws<InvalidInputException>(() => View.Read([input]));

        var error = Assert.Single(exception.Errors);
        Assert.Equal("/request/1/hops/0/delayMs", error.Pointer);
        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
    }

    private static TensorValue Input(params string[] documents) =>
        new("request", [documents.Length], documents.Select(Encoding.UTF8.GetBytes).ToArray());
}
