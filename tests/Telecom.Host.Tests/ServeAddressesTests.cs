using Telecom.Host.Rest;

namespace Telecom.Host.Tests;

public sealed class ServeAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://127.8.8.8:1", true)]
    [InlineData("http://localhost:0", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://127.0.0.1:1;http://[::1]:2", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://192.168.1.7:5080", false)]
    [InlineData("http://localhost.example:5080", false)]
    [InlineData("http://127.0.0.1:1;http://10.0.0.1:2", false)]
    public void Parse_tells_loopback_from_the_network(string urls, bool isLoopback) =>
        Assert.Equal(isLoopback, ServeAddresses.Parse(urls).IsLoopback);
}
