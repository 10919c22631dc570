using System.Net;
using System.Text;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>What holds for every request.</summary>
public sealed class ProtocolPropertyTests(ProtocolHost host) : IClassFixture<ProtocolHost>
{
    private const string Mirror = "/v2/models/fixture.mirror/infer";
    private const string Affine = "/v2/models/fixture.affine/infer";

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    public async Task Random_tensors_of_every_datatype_come_back_to_the_same_bits(bool isBinary, bool answersBinary, bool isNested)
    {
        var random = new Random(7);
        for (var round = 0; round < 25; round++)
        {
            var body = new MirrorBody(random, isFinite: !(isBinary && answersBinary));
            var (json, tail) = body.Write(isBinary, answersBinary, isNested);

            var reply = await host.PostAsync(Mirror, json, tail);

            Assert.Equal(body.Bytes, MirrorBody.ReadBack(reply.Expect(HttpStatusCode.OK)));
        }
    }

    [Fact]
    public async Task Damaged_bodies_are_refused_and_never_break_the_host()
    {
        var random = new Random(11);
        var seen = new HashSet<HttpStatusCode>();
        for (var round = 0; round < 1500; round++)
        {
            var (json, tail) = new MirrorBody(random, isFinite: true).Write(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
            var path = Mirror;
            if (random.Next(2) == 0)
            {
                (path, json, tail) = (Affine, """{"id":"a","inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,-2.5,0,0.5]}],"outputs":[{"name":"s"}]}""", []);
            }

            var reply = await SendDamagedAsync(random, path, Encoding.UTF8.GetBytes(json), tail);

            seen.Add(reply.Status);
            if (reply.Status != HttpStatusCode.OK)
            {
                reply.Error(HttpStatusCode.BadRequest);
            }
        }

        Assert.Contains(HttpStatusCode.BadRequest, seen);
        (await host.PostAsync(Affine, """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[0,0,0,0]}]}""")).Expect(HttpStatusCode.OK);
    }

    private Task<ProtocolReply> SendDamagedAsync(Random random, string path, byte[] json, byte[] tail)
    {
        var length = json.Length + (random.Next(6) == 0 ? random.Next(-3, 4) : 0);
        var body = new List<byte>([.. json, .. tail]);
        for (var damage = random.Next(1, 4); damage > 0; damage--)
        {
            var at = random.Next(json.Length);
            switch (random.Next(4))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body[at] = (byte)"{}[]\",:-0123456789eE.\\u tfn"[random.Next(27)];
                    break;
                case 2:
                    body.RemoveRange(at, Math.Min(random.Next(1, 20), body.Count - at));
                    break;
                default:
                    body.InsertRange(at, body.GetRange(at, Math.Min(random.Next(1, 20), body.Count - at)));
                    break;
            }

            json = json.Length > body.Count ? [.. body] : json;
        }

        var headers = new List<KeyValuePair<string, string>> { new("Content-Type", "application/octet-stream") };
        if (random.Next(8) != 0)
        {
            headers.Add(new(ProtocolHost.JsonLength, length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        return host.SendAsync(HttpMethod.Post, path, (byte[])[.. body], headers);
    }
}
