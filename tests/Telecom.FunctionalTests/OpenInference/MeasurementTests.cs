using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>Statistics, metrics and traces of requests that were really made. The numbers of this host are its own; the scrape sees the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class MeasurementTests(MeasuredHost host) : IClassFixture<MeasuredHost>
{
    private const string Model = "/v2/models/viewport";

    [Fact]
    public async Task Golden_vector_4_two_requests_in_one_batch_are_counted_as_such()
    {
        var before = await ReadAsync();

        await Task.WhenAll(InferAsync(1), InferAsync(8));

        // Batch-1 and batch-8 merged: success 2, count 9, exec 1.
        var after = await ReadAsync();
        Assert.Equal(2, Count(after, "success") - Count(before, "success"));
        Assert.Equal(0, Count(after, "fail") - Count(before, "fail"));
        Assert.Equal(9, after.GetProperty("inference_count").GetInt64() - before.GetProperty("inference_count").GetInt64());
        Assert.Equal(1, after.GetProperty("execution_count").GetInt64() - before.GetProperty("execution_count").GetInt64());
        var batch = after.GetProperty("batch_stats").EnumerateArray().Single(entry => entry.GetProperty("batch_size").GetInt32() == 9);
        Assert.Equal(1, batch.GetProperty("compute_infer").GetProperty("count").GetInt64());
        Assert.True(after.GetProperty("last_inference").GetInt64() > 0);

        // They waited for the delay of the lane, once each, and the whole contains its parts.
        var queued = Nanoseconds(after, "queue") - Nanoseconds(before, "queue");
        var total = Nanoseconds(after, "success") - Nanoseconds(before, "success");
        Assert.InRange(queued, 1_000_000_000, total);
    }

    [Fact]
    public async Task Every_model_has_statistics_and_an_unknown_one_none()
    {
        var all = await host.GetAsync("/v2/models/stats");

        var names = all.Expect(HttpStatusCode.OK).Json.GetProperty("model_stats").EnumerateArray()
            .Select(model => model.GetProperty("name").GetString()!).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Superset(new HashSet<string> { "fixture.affine", "fixture.mirror", "fixture.text", "fixture.wide", "viewport" }, names.ToHashSet());
        (await host.GetAsync("/v2/models/nope/stats")).Error(HttpStatusCode.NotFound);
        (await host.GetAsync(Model + "/versions/99/stats")).Error(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Scrape_shows_requests_failures_and_plugins_under_both_names()
    {
        await InferAsync(2);
        await host.PostAsync(
            "/v2/models/fixture.text/infer",
            """{"parameters":{"method":"faulty"},"inputs":[{"name":"request","shape":[1],"datatype":"BYTES","data":["{\"x\":[1]}"]}]}""");

        var text = Encoding.UTF8.GetString((await host.GetAsync("/metrics")).Expect(HttpStatusCode.OK).Body);

        Assert.True(Value(text, "telecom_inference_request_success_total", "model=\"viewport\"", "version=\"") >= 1);
        Assert.True(Value(text, "telecom_inference_count_total", "model=\"viewport\"") >= 2);
        Assert.True(Value(text, "telecom_inference_exec_count_total", "model=\"viewport\"") >= 1);
        Assert.True(Value(text, "telecom_inference_request_failure_total", "model=\"fixture.text\"", "reason=\"backend\"") >= 1);
        foreach (var part in (string[])["request", "queue", "compute_input", "compute_infer", "compute_output"])
        {
            Assert.True(Value(text, $"telecom_inference_{part}_duration_seconds_count", "model=\"viewport\"") >= 1);
            Assert.True(Value(text, $"telecom_inference_{part}_duration_seconds_bucket", "model=\"viewport\"", "le=\"0.0005\"") >= 0);
        }

        Assert.Equal(0, Value(text, "telecom_inference_pending_requests", "model=\"viewport\""));
        Assert.Equal(1, Value(text, "telecom_plugin_state", "plugin=\"broken\"", "state=\"Rejected\""));
        Assert.True(Value(text, "nv_inference_request_success", "model=\"viewport\"") >= 1);
        Assert.True(Value(text, "nv_inference_queue_duration_us", "model=\"viewport\"") >= 1_000_000);
    }

    [Fact]
    public async Task Traces_lead_from_requests_to_the_batch_that_served_them()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Telecom.Serving" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var (one, other) = (ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom());

        await Task.WhenAll(InferAsync(1, one), InferAsync(2, other));

        var batch = spans.Single(span => span.OperationName == "telecom.batch" && span.Links.Any(link => link.Context.TraceId == one));
        Assert.Equal(3, batch.GetTagItem("telecom.rows"));
        foreach (var trace in (ActivityTraceId[])[one, other])
        {
            var request = spans.Single(span => span.OperationName == "telecom.predict" && span.TraceId == trace);
            Assert.Contains(batch.Links, link => link.Context.SpanId == request.SpanId);
            Assert.NotEqual(default, request.ParentSpanId);
        }
    }

    private async Task InferAsync(int rows, ActivityTraceId trace = default)
    {
        var data = string.Join(',', Enumerable.Repeat("1,2,3,10,20,30", rows));
        var body = $$"""{"parameters":{"method":"hold"},"inputs":[{"name":"history","shape":[{{rows}},2,3],"datatype":"FP32","data":[{{data}}]}]}""";
        var headers = new List<KeyValuePair<string, string>> { new("Content-Type", "application/json") };
        if (trace != default)
        {
            headers.Add(new("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        }

        (await host.SendAsync(HttpMethod.Post, Model + "/infer", Encoding.UTF8.GetBytes(body), headers)).Expect(HttpStatusCode.OK);
    }

    private async Task<JsonElement> ReadAsync() =>
        Assert.Single((await host.GetAsync(Model + "/stats")).Expect(HttpStatusCode.OK).Json.GetProperty("model_stats").EnumerateArray());

    private static long Count(JsonElement statistics, string part) =>
        statistics.GetProperty("inference_stats").GetProperty(part).GetProperty("count").GetInt64();

    private static long Nanoseconds(JsonElement statistics, string part) =>
        statistics.GetProperty("inference_stats").GetProperty(part).GetProperty("ns").GetInt64();

    // The value of the one line of that metric with these labels.
    private static double Value(string scrape, string metric, params string[] labels)
    {
        var line = Assert.Single(
            scrape.Split('\n'), line => line.StartsWith(metric + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
